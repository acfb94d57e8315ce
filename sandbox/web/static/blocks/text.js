// Text that Slack escapes, text objects as plain strings, and web addresses that are safe to follow.

import { h } from "../app/dom.js";
import { withEmoji } from "./emoji.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const SAFE = /^(?:https?|mailto|tel):/i;

/** Slack escapes three characters and no others. */
export function decode(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/** Text with its line breaks as elements, so that they show wherever the text stands. */
export function lines(text) {
  return text.split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line]));
}

/** A text object as a string: for menus, names and tooltips, which hold no elements. */
export function plainText(object) {
  if (object === null || object === undefined) return "";
  if (typeof object === "string") return withEmoji(decode(object));
  if (object.type === "mrkdwn") return bareWords(object.text ?? "");
  const text = decode(object.text ?? "");
  return object.emoji === false ? text : withEmoji(text);
}

function bareWords(text) {
  return withEmoji(decode(text.replace(/<[^<>|]*\|([^<>]*)>/g, "$1").replace(/[*_~`]/g, "")));
}

/** The address if it leads to the web, a letter box or a telephone; null for anything that could run in the page. */
export function safeAddress(address) {
  return typeof address === "string" && SAFE.test(address) ? address : null;
}

/** A link in a tab of its own; only its text where the address is not safe. */
export function link(address, ...text) {
  const href = safeAddress(address);
  if (!href) return h("span", {}, ...text);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...text);
}
