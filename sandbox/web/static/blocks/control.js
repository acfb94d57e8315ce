// Draws the controls between angle brackets in mrkdwn: people, channels, broadcasts, dates and links.

import { h } from "../app/dom.js";
import { formatDate, wholeDate } from "./dates.js";
import { withEmoji } from "./emoji.js";
import { decode, lines, link, plainText } from "./text.js";

const SCHEME = /^[a-z][a-z0-9+.-]*:/i;
const BROADCASTS = new Set(["here", "channel", "everyone"]);

/** The node for the text between `<` and `>`. */
export function controlNode(body, context) {
  const bar = body.indexOf("|");
  const [target, label] = bar < 0 ? [body, ""] : [body.slice(0, bar), body.slice(bar + 1)];
  if (target.startsWith("@")) return userNode(target.slice(1), context, label);
  if (target.startsWith("#")) return channelNode(target.slice(1), context, label);
  if (target.startsWith("!")) return special(target.slice(1), label, context);
  if (!SCHEME.test(target)) return h("span", {}, ...lines(plainText(`<${body}>`)));
  return link(decode(target), ...lines(plainText(label || target.replace(/^(?:mailto|tel):/, ""))));
}

/** A mention of a person, by name if they are known. */
export function userNode(id, context, label = "") {
  const user = context.users?.[id];
  return mention(`@${user?.real_name || user?.name || plainText(label).replace(/^@/, "") || id}`);
}

/** A mention of a channel, by its present name if it is known. */
export function channelNode(id, context, label = "") {
  return mention(`#${(context.channels?.[id]?.name || plainText(label) || id).replace(/^#/, "")}`);
}

/** A mention of @here, @channel or @everyone. */
export function broadcastNode(range) {
  return mention(`@${range}`, "bk-broadcast");
}

/** A date in the reader's zone, or its fallback if it cannot be formatted. */
export function dateNode(seconds, pattern, context, { address, fallback = "" } = {}) {
  const text = formatDate(seconds, pattern, context);
  if (text === null) return h("span", {}, ...lines(plainText(fallback)));
  const moment = new Date(seconds * 1000).toISOString();
  const node = h("time", { datetime: moment, title: wholeDate(seconds, context) }, text);
  return address ? link(address, node) : node;
}

function special(body, label, context) {
  const [name, ...rest] = body.split("^");
  if (BROADCASTS.has(name)) return broadcastNode(name);
  if (name === "subteam") return mention(`@${plainText(label).replace(/^@/, "") || rest[0]}`);
  if (name === "date") {
    const [seconds, pattern = "", address] = rest;
    const number = /^-?\d+$/.test(seconds ?? "") ? Number(seconds) : NaN;
    return dateNode(number, decode(pattern), context, { address: address && decode(address), fallback: label });
  }
  return h("span", {}, label ? plainText(label) : `<${withEmoji(decode(`!${body}`))}>`);
}

function mention(text, extra = "") {
  return h("span", { class: `bk-mention ${extra}`.trim() }, text);
}
