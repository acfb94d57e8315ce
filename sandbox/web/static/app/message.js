// Draws a message as Slack shows it: author, time, content, and its menu.

import { readState, renderBlocks, renderMrkdwn } from "../blocks/light.js";
import { plainText } from "../blocks/text.js";
import { avatar } from "./avatar.js";
import { button, h, unseen } from "./dom.js";
import { contextFor } from "./context.js";
import { shownFile } from "./files.js";
import { menuButton } from "./menu.js";
import { clockTime, dayName, momentOf, shortTime, wholeTime } from "./times.js";
import { icon } from "./icons.js";
import { say, sayMany } from "./words.js";

const EXCERPT = 80; // characters of a thread's first message

/** The node of a message. `before` is the message above it; `inThread` leaves out links to the thread. */
export function drawMessage(page, message, before, { inThread = false } = {}) {
  const { store } = page;
  const author = store.state.users[message.user];
  const body = h("div", { class: "body" });
  body.append(content(page, message, body, inThread));
  const article = h(
    "article",
    { class: `message${message.ephemeral ? " private" : ""}`, dataset: { ts: message.ts }, "aria-label": label(store, message, author) },
    avatar(author),
    h(
      "div",
      { class: "told" },
      message.ephemeral ? h("p", { class: "only-you" }, icon("eye"), ` ${say("Only visible to you")}`) : null,
      message.subtype === "thread_broadcast" && !inThread ? broadcastLine(page, message) : null,
      head(store, message, author),
      body,
      message.reply_count && !inThread ? repliesLine(page, message) : null,
    ),
    message.ephemeral ? null : tools(page, message, inThread),
  );
  return h("div", { class: "slot" }, dayLine(store, message, before), article);
}

function content(page, message, body, inThread) {
  const { store, socket } = page;
  const where = { channel: message.channel, ts: message.ts };
  const context = contextFor(store, "message", {
    heading: inThread ? 3 : 2,
    act: (action) => socket.send("press", { ...where, action, state: readState(body) }),
    options: async (block_id, action_id, query) => (await socket.ask("options", { ...where, block_id, action_id, query })).options,
  });
  const fragment = document.createDocumentFragment();
  if (message.blocks?.length) fragment.append(renderBlocks(message.blocks, context));
  else if (message.text) fragment.append(h("div", { class: "plain" }, renderMrkdwn(message.text, context)));
  if (message.files?.length) fragment.append(h("div", { class: "shared-files" }, message.files.map(shownFile)));
  fragment.append(...(message.attachments ?? []).map((one) => attachment(one, context)));
  if (message.edited) fragment.append(h("span", { class: "edited", title: say("This message was changed after it was posted") }, say("(edited)")));
  return fragment;
}

/** An attachment. Few messages have one, so the code that draws it is loaded with the first. */
function attachment(one, context) {
  const place = h("div", { class: "unfurl" });
  import("./attachment.js").then(({ drawAttachment }) => place.replaceWith(drawAttachment(one, context)));
  return place;
}

function label(store, message, author) {
  const who = author?.real_name ?? message.user;
  return `${who}, ${shortTime(momentOf(message.ts), store.me)}${message.ephemeral ? say(", only visible to you") : ""}`;
}

function head(store, message, author) {
  const moment = momentOf(message.ts);
  return h(
    "div",
    { class: "head" },
    h("span", { class: "author" }, author?.real_name ?? message.user),
    author?.is_bot ? h("span", { class: "app-tag" }, "APP") : null,
    h("time", { datetime: moment.toISOString(), title: wholeTime(moment, store.me) }, clockTime(moment, store.me)),
  );
}

function dayLine(store, message, before) {
  const day = dayName(momentOf(message.ts), store.me);
  if (before && dayName(momentOf(before.ts), store.me) === day) return null;
  return h("div", { class: "day", role: "separator", "aria-label": day }, h("span", {}, day));
}

function broadcastLine(page, message) {
  const { store } = page;
  const began = store.room(message.channel).find(message.thread_ts);
  const words = began ? firstWords(began.text) : say("a thread");
  return h("p", { class: "broadcast" }, say("replied to: "), button(words, () => store.openThread(message.channel, message.thread_ts), { class: "link" }));
}

function firstWords(text) {
  const [line] = plainText({ type: "mrkdwn", text }).split("\n");
  return line.length > EXCERPT ? `${line.slice(0, EXCERPT).trimEnd()}…` : line || say("a thread");
}

function repliesLine(page, message) {
  const many = sayMany(message.reply_count, "1 reply", "{n} replies");
  const unread = page.store.unreadReplies(message.channel, message.ts);
  const last = shortTime(momentOf(message.latest_reply), page.store.me);
  return button(
    [many, unread ? h("span", { class: "new" }, sayMany(unread, "{n} new", "{n} new")) : null, h("span", { class: "last-reply" }, ` ${say("Last reply {time}", { time: last })}`)].filter(Boolean),
    () => page.store.openThread(message.channel, message.ts),
    { class: `replies${unread ? " has-unread" : ""}` },
  );
}

function tools(page, message, inThread) {
  const { store, socket } = page;
  const where = { channel: message.channel, ts: message.ts };
  const shortcuts = () =>
    store.state.shortcuts
      .filter((one) => one.type === "message")
      .map((one) => ({ label: one.name, hint: one.description, choose: () => socket.send("shortcut", { ...where, callback_id: one.callback_id }) }));
  const copy = { label: say("Copy text"), choose: () => navigator.clipboard?.writeText(message.text) };
  const parent = message.thread_ts && message.thread_ts !== message.ts ? message.thread_ts : message.ts;
  return h(
    "div",
    { class: "tools" },
    inThread ? null : button([icon("reply"), unseen(say("Reply in thread"))], () => store.openThread(message.channel, parent), { title: say("Reply in thread") }),
    menuButton(icon("more"), say("More actions"), () => [...shortcuts(), copy]),
  );
}
