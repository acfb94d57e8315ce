// The Wire tab: each request and answer between the bot, Slack and PandaPon.

import { button, h } from "./dom.js";
import { exactTime } from "./times.js";
import { say } from "./words.js";

const MOST = 200; // exchanges kept on the page

export function wireTab(page) {
  const { store, socket } = page;
  const list = h("ol", { class: "wire", "aria-label": say("Requests and answers, newest first") });
  const filter = h(
    "select",
    { id: "wire-filter", onchange: () => { list.dataset.only = filter.value; } },
    [["", "everything"], ["Slack", "Slack only"], ["PandaPon", "PandaPon only"], ["failed", "failures only"]].map(([value, words]) => h("option", { value }, say(words))),
  );
  const pause = h("input", { type: "checkbox", id: "wire-pause" });
  const body = h(
    "div",
    { class: "wire-tab" },
    h("p", { class: "about" }, say("Tokens, keys and signatures are masked.")),
    h(
      "div",
      { class: "row" },
      h("label", { for: "wire-filter" }, say("Show")),
      filter,
      h("label", { class: "switch" }, pause, say("Pause")),
      button(say("Clear"), () => list.replaceChildren()),
    ),
    list,
  );
  store.on("wire", ({ lines }) => {
    if (pause.checked) return;
    for (const one of lines) list.prepend(drawLine(store, one));
    while (list.children.length > MOST) list.lastChild.remove();
  });
  store.on("panel", (isOpen) => {
    if (isOpen) list.replaceChildren();
    socket.send("wire", { on: isOpen });
  });
  return { body };
}

function drawLine(store, one) {
  const took = one.seconds === null ? "" : ` · ${Math.round(one.seconds * 1000)} ms`;
  const bodies = [["Request", one.request], ["Answer", one.answer]].filter(([, text]) => text);
  const details = h(
    "details",
    { ontoggle: () => details.open && fill(details, bodies) },
    h(
      "summary",
      {},
      h("span", { class: "wire-way" }, `${one.from} → ${one.to}`),
      h("span", { class: "wire-title" }, one.title),
      h("span", { class: "wire-status" }, `${one.status}${took} · ${exactTime(new Date(one.at * 1000), store.me)}`),
    ),
  );
  const side = [one.from, one.to].find((name) => name !== "pandabot");
  return h("li", { class: one.ok ? "" : "failed", dataset: { side } }, details);
}

/** Add the bodies once the details are opened, as two hundred of them would make the page slow. */
function fill(details, bodies) {
  if (details.children.length > 1) return;
  for (const [words, text] of bodies) details.append(h("h3", {}, say(words)), h("pre", { tabindex: "0", role: "region", "aria-label": say(words) }, text));
}
