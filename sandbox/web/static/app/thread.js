// The side pane with a thread: its first message, the replies, and a composer.

import { button, h, unseen } from "./dom.js";
import { Composer } from "./composer.js";
import { MessageList } from "./list.js";
import { drawMessage } from "./message.js";
import { icon } from "./icons.js";
import { say } from "./words.js";

export function startThread(page) {
  const { store, socket } = page;
  const pane = document.getElementById("thread");
  const parent = h("div", { class: "parent" });
  const about = h("p", { class: "about" });
  const list = new MessageList({
    label: say("Replies"),
    draw: (message, before) => drawMessage(page, message, before, { inThread: true }),
    older: (before) => socket.send("thread", { ...store.thread, parent: null, before }),
    seen: (ts) => markRead(page, ts),
  });
  const composer = new Composer(page, {
    id: "thread-box",
    label: say("Reply"),
    where: () => ({ channel: store.thread.channel, thread: store.thread.ts }),
    sent: () => list.toEnd(),
    commands: false,
  });
  composer.label = say("Reply…");
  const close = button([icon("close"), unseen(say("Close thread"))], () => store.openThread("", ""), { class: "close" });
  list.element.prepend(parent);
  pane.append(h("header", { class: "side-head" }, h("div", {}, h("h2", {}, say("Thread")), about), close), h("div", { class: "log-frame" }, list.element, list.down), composer.element);
  pane.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && store.openThread("", ""));

  let origin = null; // the button that opened the thread, to return the focus to

  const drawParent = () => parent.replaceChildren(...(store.thread?.parent ? [drawMessage(page, store.thread.parent, store.thread.parent, { inThread: true })] : []));
  const show = () => {
    const hadFocus = pane.contains(document.activeElement);
    if (store.thread && !hadFocus) origin = originOf(document.activeElement);
    page.showSide("thread", Boolean(store.thread));
    if (!store.thread) {
      if (hadFocus) returnFocus(origin);
      return;
    }
    const { channel, ts } = store.thread;
    about.textContent = say("in {name}", { name: page.nameOf(channel) });
    drawParent();
    composer.moveTo(`${store.state.me} ${channel} ${ts}`);
    list.show(store.room(channel, ts));
    socket.send("thread", { channel, ts });
    composer.box.focus();
  };
  store.on("thread_opened hello", show);
  store.on("users", () => {
    drawParent();
    if (store.thread) list.redraw();
  });
  store.on("threads", () => store.thread && list.changed()); // what is in sight is read
  store.on("room", ({ channel, thread }) => {
    if (!store.thread || channel !== store.thread.channel || thread !== store.thread.ts) return;
    list.element.removeAttribute("aria-busy");
    drawParent();
    list.changed();
  });
  show();
}

function markRead(page, ts) {
  const { thread } = page.store;
  if (!ts || !thread || !page.store.unreadReplies(thread.channel, thread.ts)) return;
  page.socket.send("mark_read", { channel: thread.channel, thread: thread.ts, ts });
}

/** The button that opened the thread, and its message's ts, as the message may be drawn anew meanwhile. */
function originOf(button) {
  return { button, ts: button?.closest("[data-ts]")?.dataset.ts ?? "" };
}

function returnFocus(origin) {
  const message = document.querySelector(`#main [data-ts="${CSS.escape(origin?.ts ?? "")}"]`);
  const places = [origin?.button, message?.querySelector(".replies"), message?.querySelector(".tools button"), document.querySelector("#main .log")];
  const there = places.find((one) => one?.isConnected && one !== document.body);
  there?.focus({ preventScroll: true });
}
