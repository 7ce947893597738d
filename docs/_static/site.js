// Opened as a file, a page may not read another one: what is found is listed without its first lines.
if (location.protocol === "file:") DOCUMENTATION_OPTIONS.SHOW_SEARCH_SUMMARY = false;

// What can be scrolled sideways can be reached by the keyboard.
function reachable() {
  for (const one of document.querySelectorAll("article pre, article .table-wrapper, article .output")) {
    if (one.scrollWidth > one.clientWidth) one.tabIndex = 0;
    else one.removeAttribute("tabindex");
  }
}

document.addEventListener("DOMContentLoaded", () => {
  document.querySelector("aside.sidebar-drawer")?.setAttribute("aria-label", "All pages");
  document.querySelector("aside.toc-drawer")?.setAttribute("aria-label", "On this page");
  for (const fold of document.querySelectorAll("details")) fold.addEventListener("toggle", reachable);
  addEventListener("resize", reachable);
  reachable();
});
