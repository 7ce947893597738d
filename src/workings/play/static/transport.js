// One way to the engine: requests with answers, events and frames. It comes back by itself when it is cut.

import { PROTOCOL, Refused, decode } from "./wire.js";

const WAITS = [500, 1000, 2000, 4000, 8000];
const PACE = 40; // requests in a second: with more than 50 the server ends the line
const SECOND = 1000;

/**
 * @typedef {object} Listener
 * @property {() => void} open
 * @property {(again: number) => void} closed told in how many milliseconds it is tried again
 * @property {(reason: string) => void} refused
 * @property {(event: any) => void} event
 * @property {(frame: import("./wire.js").Frame) => void} frame
 */

export class Socket {
  /** @param {string} token @param {Listener} listener */
  constructor(token, listener) {
    this.token = token;
    this.listener = listener;
    /** @type {WebSocket | null} */
    this.socket = null;
    this.next = 1;
    this.tries = 0;
    this.opened = false;
    /** @type {Map<number, {resolve: (answer: any) => void, reject: (error: Error) => void}>} */
    this.waiting = new Map();
    /** @type {number | undefined} */
    this.timer = undefined;
    /** @type {string[]} requests that wait for their turn */
    this.queue = [];
    /** @type {number[]} when the last ones were sent */
    this.sent = [];
    /** @type {number | undefined} */
    this.turn = undefined;
  }

  connect() {
    clearTimeout(this.timer);
    const scheme = location.protocol === "https:" ? "wss" : "ws";
    const socket = new WebSocket(`${scheme}://${location.host}/ws`, [PROTOCOL, `t.${this.token}`]);
    socket.binaryType = "arraybuffer";
    socket.onopen = () => {
      this.tries = 0;
      this.opened = true;
      this.listener.open();
    };
    socket.onmessage = ({ data }) => this.take(data);
    socket.onclose = (closing) => this.lost(closing);
    this.socket = socket;
  }

  /** @param {string | ArrayBuffer} data */
  take(data) {
    if (typeof data !== "string") {
      const frame = decode(data);
      if (frame) this.listener.frame(frame);
      return;
    }
    const message = JSON.parse(data);
    if (message.ev) {
      this.listener.event(message);
      return;
    }
    const waiting = this.waiting.get(message.id);
    this.waiting.delete(message.id);
    if (message.ok) waiting?.resolve(message);
    else waiting?.reject(new Refused(message.error));
  }

  /** @param {CloseEvent} closing */
  lost(closing) {
    for (const { reject } of this.waiting.values()) reject(new Refused({ code: "closed", message: "" }));
    this.waiting.clear();
    this.queue = [];
    this.sent = [];
    const wait = WAITS[Math.min(this.tries, WAITS.length - 1)];
    this.tries += 1;
    if (closing.reason) this.listener.refused(closing.reason);
    this.listener.closed(wait);
    this.timer = window.setTimeout(() => this.connect(), wait);
  }

  /** @param {string} op @param {object} [fields] @returns {Promise<any>} */
  ask(op, fields = {}) {
    if (this.socket?.readyState !== WebSocket.OPEN) {
      return Promise.reject(new Refused({ code: "closed", message: "" }));
    }
    const id = this.next++;
    this.queue.push(JSON.stringify({ id, op, ...fields }));
    this.flush();
    return new Promise((resolve, reject) => this.waiting.set(id, { resolve, reject }));
  }

  /** Sends what waits, in order, and no faster than the server takes it. */
  flush() {
    window.clearTimeout(this.turn);
    const now = performance.now();
    this.sent = this.sent.filter((time) => now - time < SECOND);
    while (this.queue.length && this.sent.length < PACE) {
      this.socket?.send(/** @type {string} */ (this.queue.shift()));
      this.sent.push(now);
    }
    if (this.queue.length) this.turn = window.setTimeout(() => this.flush(), SECOND - (now - this.sent[0]));
  }

  /** Says something that has no answer. @param {string} op @param {object} fields */
  tell(op, fields) {
    if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ op, ...fields }));
  }

  /** @param {ArrayBuffer | Uint8Array<ArrayBuffer>} bytes */
  sendBytes(bytes) {
    this.socket?.send(bytes);
  }
}
