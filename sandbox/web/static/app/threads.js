// The Threads view: every thread of the person's channels, the one with the latest reply first.

import { button, h } from "./dom.js";
import { drawMessage } from "./message.js";
import { say, sayMany } from "./words.js";

export function startThreads(page, { heading, about }) {
  const { store, socket } = page;
  const body = h("div", { class: "threads-body" });
  const element = h("section", { class: "threads", "aria-label": say("Threads"), hidden: true }, body);
  document.getElementById("main").append(element);

  const show = () => {
    element.hidden = store.place.kind !== "threads";
    if (element.hidden) return;
    heading.textContent = say("Threads");
    about.textContent = say("Every thread of your channels; Slack lists those that you follow");
    socket.send("threads");
  };
  store.on("hello place", show);
  store.on("threads users", () => !element.hidden && socket.send("threads"));
  store.on("thread_list", ({ threads }) => {
    const scrolled = element.scrollTop;
    body.replaceChildren(...(threads.length ? threads.map((one) => drawThread(page, one)) : [h("p", { class: "empty" }, say("No threads yet."))]));
    element.scrollTop = scrolled;
  });
  show();
}

function drawThread(page, { channel, ts, unread, parent, replies }) {
  const open = () => page.store.openThread(channel, ts);
  const hidden = parent.reply_count - replies.length;
  return h(
    "article",
    { class: `thread-of${unread ? " has-unread" : ""}`, "aria-label": page.nameOf(channel) },
    h(
      "header",
      { class: "thread-head" },
      h("h2", {}, page.nameOf(channel)),
      unread ? h("span", { class: "new" }, sayMany(unread, "{n} new", "{n} new")) : null,
      button(say("Open thread"), open),
    ),
    drawMessage(page, parent, parent, { inThread: true }),
    hidden > 0 ? button(sayMany(hidden, "{n} earlier reply", "{n} earlier replies"), open, { class: "link earlier" }) : null,
    ...replies.map((reply) => drawMessage(page, reply, reply, { inThread: true })),
  );
}
