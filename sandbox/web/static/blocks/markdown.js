// Draws the markdown block: headings, lists, quotations, fences and links of common Markdown.

import { h } from "../app/dom.js";
import { inlineMarkdown } from "./markdown_inline.js";

const FENCE = /^```/;
const HEADING = /^(#{1,6})\s+(.*)$/;
const RULE = /^(?:-{3,}|\*{3,}|_{3,})\s*$/;
const ITEM = /^\s*(?:[-*+]|(\d+)[.)])\s+(.*)$/;
const QUOTE = /^>\s?(.*)$/;
const KINDS = [fence, heading, rule, quote, list, paragraph];

/** A markdown block. */
export function markdown(block, { context }) {
  return h("div", { class: "bk-rich bk-markdown" }, parts((block.text ?? "").split("\n"), context.heading ?? 3));
}

function parts(lines, top) {
  const found = [];
  for (let at = 0; at < lines.length;) {
    if (!lines[at].trim()) {
      at += 1;
      continue;
    }
    const [node, next] = firstOf(lines, at, top);
    found.push(node);
    at = next;
  }
  return found;
}

function firstOf(lines, at, top) {
  for (const kind of KINDS) {
    const made = kind(lines, at, top);
    if (made) return made;
  }
  return [null, at + 1]; // never reached, as any line can be a paragraph
}

function fence(lines, at) {
  if (!FENCE.test(lines[at])) return null;
  const end = lines.findIndex((line, place) => place > at && FENCE.test(line));
  const last = end < 0 ? lines.length : end;
  return [h("pre", { class: "bk-pre" }, lines.slice(at + 1, last).join("\n")), last + 1];
}

// Levels 1 and 2 become one level, the others the next: both are below the heading above the block.
function heading(lines, at, top) {
  const match = HEADING.exec(lines[at]);
  return match && [h(`h${match[1].length < 3 ? top : top + 1}`, {}, inlineMarkdown(match[2])), at + 1];
}

function rule(lines, at) {
  return RULE.test(lines[at]) ? [h("hr", { class: "bk-divider" }), at + 1] : null;
}

function quote(lines, at, top) {
  const end = runEnd(lines, at, (line) => QUOTE.test(line));
  return end === at ? null : [h("blockquote", { class: "bk-quote" }, parts(lines.slice(at, end).map((line) => QUOTE.exec(line)[1]), top)), end];
}

function list(lines, at) {
  const first = ITEM.exec(lines[at]);
  if (!first) return null;
  const isNumbered = first[1] !== undefined;
  const end = runEnd(lines, at, (line) => ITEM.test(line) && (ITEM.exec(line)[1] !== undefined) === isNumbered);
  const items = lines.slice(at, end).map((line) => h("li", {}, inlineMarkdown(ITEM.exec(line)[2])));
  return [h(isNumbered ? "ol" : "ul", { class: "bk-list-of", start: first[1] && first[1] !== "1" ? first[1] : null }, items), end];
}

function paragraph(lines, at) {
  const others = [FENCE, HEADING, RULE, ITEM, QUOTE];
  const end = runEnd(lines, at + 1, (line) => line.trim() && !others.some((one) => one.test(line)));
  return [h("p", {}, inlineMarkdown(lines.slice(at, end).join("\n"))), end];
}

function runEnd(lines, at, holds) {
  let end = at;
  while (end < lines.length && holds(lines[end])) end += 1;
  return end;
}
