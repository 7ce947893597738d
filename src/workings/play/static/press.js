// A finger that stays: what a pointer that hovers, and F2, do for others.

const LONG = 500; // milliseconds
const STILL = 10; // pixels

/** @param {HTMLElement} box @param {(event: PointerEvent) => void} act */
export function longPress(box, act) {
  /** @type {number | undefined} */
  let timer;
  let from = { x: 0, y: 0 };
  let done = false;
  const end = () => clearTimeout(timer);
  box.addEventListener("pointerdown", (event) => {
    done = false;
    if (event.pointerType !== "touch") return;
    from = { x: event.clientX, y: event.clientY };
    timer = window.setTimeout(() => {
      done = true;
      act(event);
    }, LONG);
  });
  box.addEventListener("pointermove", (event) => Math.hypot(event.clientX - from.x, event.clientY - from.y) > STILL && end());
  box.addEventListener("pointerup", end);
  box.addEventListener("pointercancel", end);
  box.addEventListener("contextmenu", (event) => done && event.preventDefault());
  box.addEventListener("click", (event) => { // the tap that ends it is none
    if (!done) return;
    done = false;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, { capture: true });
}
