// The playground in a notebook's cell: the page in a frame of its own, so that neither the style nor the
// keys of one reach the other; and its line to the kernel. `PAGE` is put before this when it is bundled.

/**
 * A line at the page's end: what it uses of a websocket.
 * @typedef {{readyState: number, onopen?: () => void, onmessage?: (said: {data: string | ArrayBuffer}) => void,
 *   onclose?: (closing: {reason: string}) => void}} Line
 */

/* global PAGE */

const QUERY = "(prefers-color-scheme: dark)";

/** Whether the page around is dark: what it says itself, or else what the system prefers. */
function isDark() {
  const told = document.body.dataset.jpThemeLight;
  if (told) return told === "false";
  const { classList } = document.body;
  if (classList.contains("vscode-dark")) return true;
  return !classList.contains("vscode-light") && window.matchMedia(QUERY).matches;
}

/** Dark or light as the page inside asks for it, told when it changes. */
class Theme extends EventTarget {
  constructor() {
    super();
    this.query = QUERY;
    this.matches = isDark();
    this.observer = new MutationObserver(() => this.look());
    this.observer.observe(document.body, { attributes: true, attributeFilter: ["data-jp-theme-light", "class"] });
  }

  look() {
    const dark = isDark();
    if (dark === this.matches) return;
    this.matches = dark;
    this.dispatchEvent(new Event("change"));
  }

  end() {
    this.observer.disconnect();
  }
}

/** The way from one view of the widget to the kernel and back. */
class Way {
  /** @param {any} model */
  constructor(model) {
    this.model = model;
    /** @type {Line | null} */
    this.line = null;
    this.number = "";
    this.over = false;
    this.heard = (/** @type {any} */ told, /** @type {DataView[]} */ buffers) => this.hear(told, buffers);
    this.changed = () => this.cut();
    model.on("msg:custom", this.heard);
    model.on("comm_live_update", this.changed); // the kernel is gone, or here again: the page tries anew
  }

  /** A page lays its line; one that was laid before is gone, for a frame may be loaded again. @param {Line} line */
  laid(line) {
    this.gone();
    if (this.over) return () => undefined;
    const number = `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`;
    this.line = line;
    this.number = number;
    if (!this.say({ open: true })) setTimeout(() => this.cut());
    return (/** @type {string | ArrayBuffer | Uint8Array} */ data) => {
      if (this.number !== number) return;
      if (typeof data === "string") this.say({ text: data });
      else this.say({}, new Uint8Array(data).slice().buffer);
    };
  }

  /** Whether it could be said: without a kernel nothing can. @param {object} told @param {...ArrayBuffer} buffers */
  say(told, ...buffers) {
    try {
      this.model.send({ line: this.number, ...told }, undefined, buffers);
      return true;
    } catch {
      return false;
    }
  }

  /** @param {any} told @param {DataView[]} buffers */
  hear(told, buffers) {
    const { line } = this;
    if (!line || told.line !== this.number) return;
    if (told.open) {
      line.readyState = 1;
      line.onopen?.();
    } else if ("closed" in told) {
      this.over = true;
      this.cut(told.closed);
    } else if ("text" in told) line.onmessage?.({ data: told.text });
    else for (const view of buffers) line.onmessage?.({ data: bytesOf(view) });
  }

  /** The page is told that its line is cut. @param {string} [reason] */
  cut(reason = "") {
    const { line } = this;
    this.line = null;
    if (!line) return;
    line.readyState = 3;
    line.onclose?.({ reason });
  }

  gone() {
    if (this.line) this.say({ gone: true });
    this.line = null;
  }

  end() {
    this.gone();
    this.model.off("msg:custom", this.heard);
    this.model.off("comm_live_update", this.changed);
  }
}

/** The bytes of a view alone, beginning at 0. @param {DataView} view @returns {ArrayBuffer} */
function bytesOf(view) {
  return /** @type {ArrayBuffer} */ (view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength));
}

/** @param {{model: any, el: HTMLElement}} cell @returns {() => void} */
function render({ model, el }) {
  const theme = new Theme();
  const line = new Way(model);
  const frame = document.createElement("iframe");
  const sized = () => void (frame.style.height = `${model.get("height")}px`);
  Object.assign(frame.style, { width: "100%", boxSizing: "border-box", border: "1px solid #8888", borderRadius: "6px", display: "block" });
  Object.assign(frame, { title: "workings: the playground", allow: "clipboard-write", workings: { line, theme } });
  sized();
  const gone = () => line.gone();
  model.on("change:height", sized);
  window.addEventListener("pagehide", gone);
  frame.srcdoc = PAGE;
  el.append(frame);
  return () => {
    model.off("change:height", sized);
    window.removeEventListener("pagehide", gone);
    theme.end();
    line.end();
    frame.remove();
  };
}

export default { render };
