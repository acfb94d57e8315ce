// Unescapes Slack's text, turns text objects into strings, and makes links of safe addresses.

import { h } from "../app/dom.js";
import { withEmoji } from "./emoji.js";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">" };
const SAFE = /^(?:https?|mailto|tel):/i;

/** Unescape text; Slack escapes three characters and no others. */
export function decode(text) {
  return text.replace(/&(?:amp|lt|gt);/g, (entity) => ENTITIES[entity]);
}

/** Text with <br> elements for its line breaks, so that they show in any element. */
export function lines(text) {
  return text.split("\n").flatMap((line, at) => (at ? [h("br"), line] : [line]));
}

/** A text object as a string, for menus, names and tooltips, which cannot contain elements. */
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

/** The address if it is http(s), mailto or tel; null for one that could run code in the page. */
export function safeAddress(address) {
  return typeof address === "string" && SAFE.test(address) ? address : null;
}

/** A link that opens a new tab; only its text if the address is not safe. */
export function link(address, ...text) {
  const href = safeAddress(address);
  if (!href) return h("span", {}, ...text);
  return h("a", { href, target: "_blank", rel: "noopener noreferrer" }, ...text);
}
