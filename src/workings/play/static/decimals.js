// Decimals as the reader writes them, in all that is read: text, labels, formulas, the title. What is copied or saved keeps its point.

import { COMMA, local } from "./format.js";

const LEFT = "code, pre, kbd, textarea, script, style, [translate=no]"; // is taken over as it stands
const READ = ["aria-label", "aria-valuetext", "title", "placeholder"];

/** Sees to all that is written into a document from now on, before it is painted; where the mark is a point there is nothing to see to. @param {Document} page */
export function localised(page) {
  if (!COMMA) return;
  new MutationObserver((records) => {
    for (const { type, target, addedNodes, attributeName } of records) {
      if (type === "attributes") labelled(/** @type {Element} */ (target), attributeName ?? "");
      else if (type === "characterData") written(target);
      else addedNodes.forEach(added);
    }
  }).observe(page, { subtree: true, childList: true, characterData: true, attributes: true, attributeFilter: READ });
}

/** @param {Node} node */
function added(node) {
  if (node.nodeType === Node.TEXT_NODE) written(node);
  if (!(node instanceof Element)) return;
  const all = document.createTreeWalker(node, NodeFilter.SHOW_TEXT);
  while (all.nextNode()) written(all.currentNode);
  for (const el of [node, ...node.querySelectorAll(READ.map((name) => `[${name}]`).join())]) for (const name of READ) labelled(el, name);
}

/** @param {Node} node */
function written(node) {
  const before = node.nodeValue ?? "";
  const after = local(before);
  if (after !== before && !node.parentElement?.closest(LEFT)) node.nodeValue = after;
}

/** @param {Element} el @param {string} name */
function labelled(el, name) {
  const before = el.getAttribute(name) ?? "";
  const after = local(before);
  if (after !== before && !el.closest(LEFT)) el.setAttribute(name, after);
}
