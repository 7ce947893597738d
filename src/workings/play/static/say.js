// What is read aloud: politely, at most one message in five seconds while a run goes on.

const GAP = 5000;

/** @type {number} */
let last = -GAP;
/** @type {number | undefined} */
let timer;

/** @param {string} id @param {string} text */
function write(id, text) {
  const region = document.getElementById(id);
  if (region && region.textContent !== text) region.textContent = text;
}

/**
 * Says something when there is room for it; of several that wait, the last is said.
 * @param {string} text @param {{now?: boolean}} [how] `now` for the answer to something just done
 */
export function politely(text, { now = false } = {}) {
  clearTimeout(timer);
  const wait = now ? 0 : Math.max(0, last + GAP - performance.now());
  timer = window.setTimeout(() => {
    last = performance.now();
    write("polite", text);
  }, wait);
}

/** For what must not be missed; once. @param {string} text */
export function atOnce(text) {
  write("assertive", text);
}
