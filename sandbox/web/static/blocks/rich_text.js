// Draws rich text: sections, lists, quotations, preformatted text, and their inline elements.

import { h } from "../app/dom.js";
import { broadcastNode, channelNode, dateNode, userNode } from "./control.js";
import { emojiCharacter } from "./emoji.js";
import { lines, link, safeAddress } from "./text.js";
import { unsupported } from "./unsupported.js";

const WRAPS = { bold: "strong", italic: "em", strike: "s", underline: "u" };
const DEEPEST = 8;
const LISTS = ["disc", "circle", "square"];
const COLOR = /^#(?:[0-9a-f]{3}|[0-9a-f]{6})$/i;

/** A rich_text block. */
export function richText(block, { context }) {
  return h(
    "div",
    { class: "bk-rich" },
    (block.elements ?? []).map((part) => drawPart(part, context)),
  );
}

function drawPart(part, context) {
  const border = part.border ? "bk-bordered" : "";
  switch (part?.type) {
    case "rich_text_section":
      return h("div", { class: "bk-text" }, inlineNodes(part, context));
    case "rich_text_quote":
      return h("blockquote", { class: "bk-quote" }, inlineNodes(part, context));
    case "rich_text_preformatted":
      return h("pre", { class: `bk-pre ${border}`.trim() }, inlineNodes(part, context));
    case "rich_text_list":
      return list(part, context, border);
    default:
      return unsupported("element", part);
  }
}

function list(part, context, border) {
  const indent = Math.min(part.indent ?? 0, DEEPEST);
  const ordered = part.style === "ordered";
  const props = { class: `bk-list-of bk-indent-${indent} ${border}`.trim(), start: ordered && part.offset ? part.offset + 1 : null };
  const node = h(
    ordered ? "ol" : "ul",
    props,
    (part.elements ?? []).map((one) => h("li", {}, inlineNodes(one, context))),
  );
  node.style.listStyleType = ordered ? ["decimal", "lower-alpha", "lower-roman"][indent % 3] : LISTS[indent % 3];
  return node;
}

function inlineNodes(part, context) {
  return (part.elements ?? []).flatMap((one) => styled(inlineNode(one, context), one.style));
}

function inlineNode(one, context) {
  switch (one?.type) {
    case "text":
      return lines(one.text ?? "");
    case "link":
      return [link(one.url, ...lines(one.text || one.url))];
    case "emoji":
      return [emoji(one)];
    case "user":
      return [userNode(one.user_id, context)];
    case "channel":
      return [channelNode(one.channel_id, context)];
    case "usergroup":
      return [h("span", { class: "bk-mention" }, `@${one.usergroup_id}`)];
    case "team":
      return [h("span", { class: "bk-mention" }, `@${one.team_id}`)];
    case "broadcast":
      return [broadcastNode(one.range)];
    case "date":
      return [dateNode(one.timestamp, one.format, context, { address: safeAddress(one.url), fallback: one.fallback ?? "" })];
    case "color":
      return [swatch(one.value), one.value];
    default:
      return [unsupported("element", one)];
  }
}

function styled(nodes, style = {}) {
  const inner = style.code ? [h("code", { class: "bk-code" }, nodes)] : nodes;
  return Object.keys(WRAPS).reduce((found, name) => (style[name] ? [h(WRAPS[name], {}, found)] : found), inner);
}

function emoji({ name, unicode }) {
  const known = unicode?.split("-").every((one) => /^[0-9a-f]{2,6}$/i.test(one) && parseInt(one, 16) <= 0x10ffff);
  if (known) return String.fromCodePoint(...unicode.split("-").map((one) => parseInt(one, 16)));
  const [bare, tone] = (name ?? "").split("::skin-tone-");
  return emojiCharacter(bare, tone) ?? `:${name}:`;
}

function swatch(value) {
  const node = h("span", { class: "bk-swatch", "aria-hidden": "true" });
  if (COLOR.test(value)) node.style.backgroundColor = value;
  return node;
}
