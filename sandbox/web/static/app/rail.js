// The left rail: the places with their unread counts, the person, and the demo's time.

import { avatar, panda } from "./avatar.js";
import { button, h, unseen } from "./dom.js";
import { shortTime } from "./times.js";
import { icon } from "./icons.js";
import { say } from "./words.js";

const SIGNS = { channel: () => icon("hash"), private: () => icon("lock"), im: () => panda({ class: "panda" }) };

export function startRail(page) {
  const { store } = page;
  const rail = document.getElementById("rail");
  const clock = h("p", { class: "clock" });
  const there = h("div", { class: "places" });
  const me = h("div");
  rail.append(title(), there, h("div", { class: "rail-foot" }, me, clock));
  // Drawn separately, so that an unread count does not close the open menu of the person.
  const drawPlaces = () => keepingFocus(there, places(page));
  const drawMe = () => {
    keepingFocus(me, [who(page)]);
    tick();
  };
  const tick = () => {
    if (!store.me) return;
    const { speed } = store.state.clock;
    clock.textContent = `${shortTime(store.now(), store.me)}${speed === 1 ? "" : ` · ×${speed}`}`;
    clock.title = say("{zone}: the demo's own time", { zone: store.me.tz });
  };
  store.on("hello channels threads place", drawPlaces);
  store.on("hello users", drawMe);
  store.on("clock", tick);
  setInterval(tick, 1000);
}

function keepingFocus(parent, children) {
  const focused = parent.contains(document.activeElement) ? document.activeElement.dataset.key : null;
  parent.replaceChildren(...children);
  if (focused) parent.querySelector(`[data-key="${CSS.escape(focused)}"]`)?.focus();
}

function title() {
  return h("div", { class: "team" }, panda({ class: "panda" }), " ", "Panda Trading", h("small", {}, "pandabot demo"));
}

function places(page) {
  const { state } = page.store;
  const line = (one) => h("li", {}, placeButton(page, { kind: "channel", id: one.id }, SIGNS[one.kind](), one.name, one, one.kind === "private" ? say("private channel") : ""));
  const home = state.has_home ? [h("li", {}, placeButton(page, { kind: "home" }, icon("home"), "App Home", {}, say("of pandabot")))] : [];
  const unread = state.threads.filter((one) => one.unread).length;
  return [
    h("ul", { "aria-label": say("All channels") }, h("li", {}, placeButton(page, { kind: "threads" }, icon("threads"), say("Threads"), { unread }, ""))),
    h("h2", { id: "rail-channels" }, say("Channels")),
    h("ul", { "aria-labelledby": "rail-channels" }, state.channels.filter((one) => one.kind !== "im").map(line)),
    h("h2", { id: "rail-apps" }, say("Apps")),
    h("ul", { "aria-labelledby": "rail-apps" }, state.channels.filter((one) => one.kind === "im").map(line), home),
  ];
}

function placeButton(page, place, sign, name, { unread = 0, mentions = 0 }, more) {
  const { store } = page;
  const current = store.place.kind === place.kind && store.place.id === place.id;
  return button(
    [
      h("span", { class: "sign", "aria-hidden": "true" }, sign),
      h("span", { class: "name" }, name),
      more ? unseen(`, ${more}`) : null,
      mentions ? h("span", { class: "mentions" }, "@", atMost(mentions), unseen(say(" mentions of you"))) : null,
      unread ? h("span", { class: "unread" }, atMost(unread), unseen(say(" unread"))) : null,
    ],
    () => {
      store.goTo(place);
      page.showRail(false);
    },
    { class: `place${unread ? " has-unread" : ""}`, "aria-current": current ? "page" : null, dataset: { key: place.id ?? place.kind } },
  );
}

function atMost(number) {
  return number > 99 ? "99+" : String(number);
}

function who(page) {
  const { store, socket } = page;
  const people = Object.values(store.state.users).filter((one) => !one.is_bot);
  const person = h(
    "select",
    { id: "who", dataset: { key: "who" }, onchange: (event) => page.switchUser(event.target.value) },
    people.map((one) => h("option", { value: one.id, selected: one.id === store.state.me }, one.real_name)),
  );
  const places = store.state.places.filter((one) => one.tz === store.me.tz);
  const here = places.find((one) => one.locale === store.me.locale) ?? places[0];
  const where = h(
    "select",
    { id: "where", dataset: { key: "where" }, onchange: (event) => socket.send("place", store.state.places[event.target.value]) },
    store.state.places.map((one, number) => h("option", { value: String(number), selected: one === here }, one.name)),
  );
  return h("div", { class: "who" }, avatar(store.me), h("div", {}, h("label", { for: "who" }, say("You are")), person, h("label", { for: "where" }, say("in")), where));
}
