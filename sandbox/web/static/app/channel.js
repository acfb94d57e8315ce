// The middle of the page: a channel's header, its messages and the composer.

import { button, h, unseen } from "./dom.js";
import { Composer } from "./composer.js";
import { MessageList } from "./list.js";
import { icon } from "./icons.js";
import { outcomeLine, timeBar } from "./time_bar.js";
import { tryStrip } from "./tries.js";
import { say } from "./words.js";

export function startChannel(page) {
  const { store, socket } = page;
  const heading = h("h1", { class: "where" });
  const about = h("p", { class: "about" });
  const list = new MessageList({
    label: say("Messages"),
    older: (before) => socket.send("history", { channel: store.place.id, before }),
    seen: (ts) => markRead(page, ts),
  });
  const composer = new Composer(page, { id: "composer-box", label: say("Message"), where: () => ({ channel: store.place.id }), sent: () => list.toEnd() });
  const readOnly = h("p", { class: "empty", hidden: true }, say("Sending messages to this app has been turned off."));
  const empty = h("p", { class: "empty", hidden: true });
  const element = h("section", { class: "channel", "aria-label": say("Channel") }, h("div", { class: "log-frame" }, empty, list.element, list.down), readOnly, tryStrip(page, composer), composer.element);
  const header = h("header", { class: "main-head" }, page.railButton, h("div", { class: "titles" }, heading, about), timeBar(page), page.panelButton);
  document.getElementById("main").append(header, outcomeLine(page), element);

  const enter = () => {
    const { channel } = store;
    element.hidden = !channel;
    if (!channel) return;
    const name = page.nameOf(channel.id);
    const isPrivate = channel.kind === "private";
    heading.replaceChildren(...(isPrivate ? [icon("lock"), unseen(say("Private channel ")), " "] : []), name);
    about.textContent = aboutOf(channel);
    readOnly.hidden = !(channel.kind === "im" && store.state.read_only);
    composer.element.hidden = !readOnly.hidden;
    composer.label = say("Message {name}", { name });
    composer.moveTo(`${store.state.me} ${channel.id}`);
    list.element.setAttribute("aria-label", say("Messages in {name}", { name }));
    const room = store.room(channel.id);
    list.show(room);
    if (!room.loaded) socket.send("history", { channel: channel.id });
    drawEmpty(page, empty, room);
  };
  store.on("hello place", enter);
  // Loaded after the first screen: half of all files are for drawing messages.
  store.once("hello", async () => {
    const { drawMessage } = await import("./message.js");
    list.drawWith((message, before) => drawMessage(page, message, before));
  });
  store.on("users", () => list.redraw());
  let unread = new Map(); // of the threads of this channel, as drawn
  store.on("hello threads", () => {
    const now = new Map(store.state.threads.filter((one) => one.channel === store.place.id).map((one) => [one.ts, one.unread]));
    for (const ts of new Set([...unread.keys(), ...now.keys()])) if (unread.get(ts) !== now.get(ts)) list.redrawOne(ts);
    unread = now;
  });
  store.on("room", ({ channel, thread, older }) => {
    if (channel !== store.place.id || thread) return;
    if (older) list.element.removeAttribute("aria-busy");
    list.changed();
    drawEmpty(page, empty, store.room(channel));
  });
  document.addEventListener("visibilitychange", () => store.channel && list.changed());
  return { heading, about, reveal: (ts) => list.reveal(ts), toEnd: () => list.toEnd() };
}

function aboutOf(channel) {
  if (channel.kind === "im") return say("Your direct conversation with the bot");
  if (!channel.has_bot) return say("pandabot is not in this channel");
  return channel.kind === "private" ? say("A private channel") : "";
}

function drawEmpty(page, empty, room) {
  const { store } = page;
  const { channel } = store;
  empty.hidden = !channel || !room.loaded || room.items.length > 0;
  if (empty.hidden) return;
  const help = h("code", {}, "/panda help");
  if (channel.kind !== "im") {
    empty.replaceChildren(say("No messages yet."), " ", ...around(say("Type {command} and press Enter, or paste an order id and choose a shortcut from the message’s ⋮ menu."), { command: help }));
    return;
  }
  const first = store.state.channels[0];
  const there = button(page.nameOf(first.id), () => store.goTo({ kind: "channel", id: first.id }), { class: "link" });
  const home = button("App Home", () => store.goTo({ kind: "home" }), { class: "link" });
  empty.replaceChildren(...around(say("pandabot has not written to you here. Go to {there}, type {command} and press Enter; {home} shows what is watched in your channels."), { there, home, command: help }));
}

/** The pieces of a sentence, with elements in its {slots}. */
function around(sentence, elements) {
  return sentence.split(/\{(\w+)\}/).map((piece, at) => (at % 2 ? elements[piece] : piece));
}

const markedRead = new Map(); // channel id -> the last ts that the server was sent

function markRead(page, ts) {
  const { channel } = page.store;
  if (!ts || !channel || (markedRead.get(channel.id) === ts && !channel.unread)) return;
  markedRead.set(channel.id, ts);
  page.socket.send("mark_read", { channel: channel.id, ts });
}

/** The buttons for rail and controls in the header, which the channel shares with App Home. */
export function headButtons(page) {
  return {
    railButton: button([icon("menu"), unseen(say("Channels"))], () => page.showRail(), { class: "rail-toggle", "aria-expanded": "false" }),
    panelButton: panelButton(page),
  };
}

/** The button of the demo's controls, with the number of faults that are on, as they explain why nothing works. */
function panelButton(page) {
  const { store } = page;
  const badge = h("span", { class: "badge", hidden: true });
  const count = () => {
    const on = store.state.faults.filter((one) => one.on).length;
    badge.hidden = !on;
    badge.replaceChildren(String(on), unseen(on === 1 ? say(" fault is on") : say(" faults are on")));
  };
  store.on("hello faults", count);
  return button([icon("tools"), h("span", { class: "panel-name" }, ` ${say("Demo controls")}`), " ", badge], () => page.togglePanel(), {
    class: "panel-toggle",
    "aria-expanded": "false",
    "aria-controls": "panel",
    title: say("Demo controls: time, orders, faults, wire"),
  });
}
