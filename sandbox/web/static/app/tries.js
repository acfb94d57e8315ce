// The strip above the composer with things to try: a visitor begins by a press, not by reading a manual.

import { button, h, unseen } from "./dom.js";
import { icon } from "./icons.js";
import { menuButton } from "./menu.js";
import { language, say } from "./words.js";

/** Where the window keeps the state of the story of a purchase. */
export const STORY = "pandabot.story";
const STRIP = "pandabot.tries"; // "hidden" once the strip was closed
const NIGHT = 8 * 3600; // seconds
const MOST_ORDERS = 6;
const SHORT = 6; // the last digits of an id, by which one knows it again

export function tryStrip(page, composer) {
  const { store } = page;
  let isStory = Boolean(kept(STORY));
  const chips = h("div", { class: "tries-chips" });
  const guide = h("div", { class: "tries-story", hidden: true });
  const strip = h(
    "section",
    { class: "tries", "aria-label": say("Try it"), hidden: true },
    h("span", { class: "tries-name" }, say("Try it")),
    chips,
    button([icon("close"), unseen(say("Close"))], () => hide(), { class: "close" }),
  );
  const both = h("div", {}, strip, guide);
  const tell = async () => {
    isStory = true;
    draw();
    const { startStory } = await import("./story.js");
    await startStory(page, composer, guide, () => {
      isStory = false;
      draw();
      composer.box.focus();
    });
  };
  const hide = () => {
    keep(STRIP, "hidden");
    strip.hidden = true;
    composer.box.focus();
  };
  const draw = () => {
    const { channel } = store;
    guide.hidden = !isStory;
    strip.hidden = isStory || kept(STRIP) === "hidden" || !channel || channel.kind === "im" || !channel.has_bot;
    if (!strip.hidden && store.state.orders.length) chips.replaceChildren(...tries(page, composer, tell));
  };
  store.on("hello place orders", draw);
  if (isStory) store.once("hello", tell);
  return both;
}

function tries(page, composer, tell) {
  const { orders, searches } = page.store.state;
  const [search, ...others] = searches[language];
  const run = (text) => composer.run(`/panda ${text}`);
  const isTold = page.store.channel.people.length > 1; // the story needs somebody who approves
  return [
    ...(isTold ? [chip(say("The story of a purchase"), tell, "story-chip")] : []),
    chip(say("Search {words}", { words: search }), () => run(`search ${search}`)),
    chip(say("Show my orders"), () => run("orders")),
    chip(say("Watch an order"), () => run(`watch ${next(orders).id}`)),
    chip([icon("forward"), ` ${say("Let 8 hours pass")}`], () => page.forward(NIGHT)),
    menuButton(say("More…"), say("Orders and products to try"), () => more(composer, orders, others), { class: "chip", "aria-label": null }),
  ];
}

function chip(words, onclick, more = "") {
  return button(words, onclick, { class: `chip ${more}`.trim() });
}

/** An order that is worth watching: one with two parcels on their way, else the newest. */
function next(orders) {
  return orders.find((one) => one.waybills.length > 1) ?? orders[0];
}

function more(composer, orders, searches) {
  return [
    ...orders.filter((one) => one.waybills.length).slice(0, MOST_ORDERS).map((one) => ({
      label: say("Track …{end}", { end: one.id.slice(-SHORT) }),
      hint: one.title,
      choose: () => composer.run(`/panda track ${one.id}`),
    })),
    ...searches.map((words) => ({ label: say("Search {words}", { words }), choose: () => composer.run(`/panda search ${words}`) })),
    { label: say("Watch every order here"), hint: "/panda watch all", choose: () => composer.run("/panda watch all") },
  ];
}

/** What this window keeps under a name; null: nothing. */
export function kept(name) {
  try {
    return sessionStorage.getItem(name);
  } catch {
    return null;
  }
}

/** Keep a text for as long as this window is open; null forgets it. */
export function keep(name, text) {
  try {
    if (text === null) sessionStorage.removeItem(name);
    else sessionStorage.setItem(name, text);
  } catch {
    // without storage the strip comes back, and the story begins anew, with the next page
  }
}
