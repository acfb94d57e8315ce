// A line of common Markdown: bold, italic, struck out, code, links.

import { h } from "../app/dom.js";
import { withEmoji } from "./emoji.js";
import { lines, link } from "./text.js";

const PIECES = [
  [/`([^`\n]+)`/y, ([, code]) => h("code", { class: "bk-code" }, code)],
  [/\[([^\][\n]+)\]\(([^()\s]+)\)/y, ([, text, address]) => link(address, inlineMarkdown(text))],
  [/\*\*(?=\S)([^*\n]+?)\*\*/y, ([, text]) => h("strong", {}, inlineMarkdown(text))],
  [/~~(?=\S)([^~\n]+?)~~/y, ([, text]) => h("s", {}, inlineMarkdown(text))],
  [/\*(?=\S)([^*\n]+?)\*/y, ([, text]) => h("em", {}, inlineMarkdown(text))],
  [/(?<![\p{L}\p{N}])_(?=\S)([^_\n]+?)_(?![\p{L}\p{N}])/uy, ([, text]) => h("em", {}, inlineMarkdown(text))],
  [/https?:\/\/[^\s<>()]*[^\s<>().,;:!?'"]/y, ([address]) => link(address, address)],
];
const SIGN = /[`[*~_h]/g;

/** The nodes of a run of Markdown. */
export function inlineMarkdown(text) {
  const found = document.createDocumentFragment();
  let from = 0;
  for (let at = sign(text, 0); at < text.length;) {
    const piece = pieceAt(text, at);
    if (!piece) {
      at = sign(text, at + 1);
      continue;
    }
    found.append(...lines(withEmoji(text.slice(from, at))), piece.node);
    from = piece.end;
    at = sign(text, from);
  }
  found.append(...lines(withEmoji(text.slice(from))));
  return found;
}

function sign(text, from) {
  SIGN.lastIndex = from;
  return SIGN.exec(text)?.index ?? text.length;
}

function pieceAt(text, at) {
  for (const [pattern, draw] of PIECES) {
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (match) return { node: draw(match), end: at + match[0].length };
  }
  return null;
}
