// The side pane with a thread: its first message, the replies, and a box to reply in.

import { button, h, unseen } from "./dom.js";
import { Composer } from "./composer.js";
import { MessageList } from "./list.js";
import { drawMessage } from "./message.js";
import { icon } from "./icons.js";

export function startThread(page) {
  const { store, socket } = page;
  const pane = document.getElementById("thread");
  const parent = h("div", { class: "parent" });
  const about = h("p", { class: "about" });
  const list = new MessageList({
    label: "Replies",
    draw: (message, before) => drawMessage(page, message, before, { inThread: true }),
    older: (before) => socket.send("thread", { ...store.thread, parent: null, before }),
  });
  const composer = new Composer(page, {
    id: "thread-box",
    label: "Reply",
    where: () => ({ channel: store.thread.channel, thread: store.thread.ts }),
    sent: () => list.toEnd(),
    commands: false,
  });
  composer.label = "Reply…";
  const close = button([icon("close"), unseen("Close thread")], () => store.openThread("", ""), { class: "close" });
  list.element.prepend(parent);
  pane.append(h("header", { class: "side-head" }, h("div", {}, h("h2", {}, "Thread"), about), close), h("div", { class: "log-frame" }, list.element, list.down), composer.element);
  pane.addEventListener("keydown", (event) => event.key === "Escape" && !event.defaultPrevented && store.openThread("", ""));

  let way = null; // how one came here, for the way back

  const drawParent = () => parent.replaceChildren(...(store.thread?.parent ? [drawMessage(page, store.thread.parent, store.thread.parent, { inThread: true })] : []));
  const show = () => {
    const held = pane.contains(document.activeElement);
    if (store.thread && !held) way = cameFrom(document.activeElement);
    page.showSide("thread", Boolean(store.thread));
    if (!store.thread) {
      if (held) goBack(way);
      return;
    }
    const { channel, ts } = store.thread;
    about.textContent = `in ${page.nameOf(channel)}`;
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
  store.on("room", ({ channel, thread }) => {
    if (!store.thread || channel !== store.thread.channel || thread !== store.thread.ts) return;
    list.element.removeAttribute("aria-busy");
    drawParent();
    list.changed();
  });
  show();
}

/** The button that led here, and its message: while the thread is open the message may be drawn anew. */
function cameFrom(button) {
  return { button, ts: button?.closest("[data-ts]")?.dataset.ts ?? "" };
}

function goBack(way) {
  const message = document.querySelector(`#main [data-ts="${CSS.escape(way?.ts ?? "")}"]`);
  const places = [way?.button, message?.querySelector(".replies"), message?.querySelector(".tools button"), document.querySelector("#main .log")];
  const there = places.find((one) => one?.isConnected && one !== document.body);
  there?.focus({ preventScroll: true });
}
