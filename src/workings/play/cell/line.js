// Before the page's own code, in the frame of a notebook's cell: its websocket is the line that the cell
// around it holds, dark is what the notebook is, and the keys stay where they are.

{
  const { line, theme } = /** @type {any} */ (window.frameElement).workings;

  /** What the page uses of a websocket. */
  class Line {
    static OPEN = 1;

    constructor() {
      this.readyState = 0;
      this.send = line.laid(this);
    }
  }
  /** @type {any} */ (window).WebSocket = Line;

  // nothing takes the keys from the notebook before somebody has come to this cell
  const { focus } = HTMLElement.prototype;
  HTMLElement.prototype.focus = function (/** @type {FocusOptions | undefined} */ how) {
    if (document.hasFocus()) focus.call(this, how);
  };

  const asked = window.matchMedia.bind(window);
  window.matchMedia = (query) => (query === theme.query ? theme : asked(query));
}
