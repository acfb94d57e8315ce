// Puts the page together: store, socket and the parts of the screen.

import { headButtons, startChannel } from "./channel.js";
import { onlyOnce, stylesheet } from "./dom.js";
import { startNotes } from "./notes.js";
import { startRail } from "./rail.js";
import { Socket } from "./socket.js";
import { Store } from "./store.js";
import { say } from "./words.js";

const WIDE = matchMedia("(min-width: 1300px)"); // room for a thread and the demo's controls side by side
const HOME = "#home";
const THREADS = "#threads";
const MESSAGE = /^https:\/\/panda\.slack\.com\/archives\/(\w+)\/p(\d+)(\d{6})$/; // the stand-in's permalinks

const page = {
  store: new Store(),

  /** Change the person of this page. */
  switchUser(user) {
    page.socket.user = user;
    page.socket.send("switch_user", { user });
  },

  nameOf(id) {
    const channel = page.store.state.channels.find((one) => one.id === id);
    return channel && channel.kind !== "channel" ? channel.name : `#${channel?.name ?? id}`;
  },

  /** Let the demo's time go forward at once, by so many seconds. */
  forward(seconds) {
    page.store.tell("step", seconds);
    page.socket.send("time", { forward: seconds });
  },

  /** Lead to a message: in its channel if that shows it, else in its thread. `place` is {ts, thread, in_main}. */
  goToMessage(channel, { ts, thread, in_main: inMain }) {
    if (page.store.place.kind !== "channel" || page.store.place.id !== channel) page.store.goTo({ kind: "channel", id: channel });
    if (inMain) page.reveal(ts);
    else page.store.openThread(channel, thread);
  },

  /** Show or hide the channels on a narrow screen; without an argument, toggle them. */
  showRail(open = !document.body.classList.contains("rail-open")) {
    document.body.classList.toggle("rail-open", open);
    page.railButton.setAttribute("aria-expanded", String(open));
    if (open) document.querySelector("#rail [aria-current]")?.focus();
  },

  showSide(name, open) {
    document.getElementById(name).hidden = !open;
    if (open && !WIDE.matches) {
      if (name === "thread") page.togglePanel(false);
      else if (page.store.thread) page.store.openThread("", "");
    }
  },

  async togglePanel(open = document.getElementById("panel").hidden) {
    if (open) await parts.panel();
    if (open === !document.getElementById("panel").hidden) return;
    page.showSide("panel", open);
    page.panelButton.setAttribute("aria-expanded", String(open));
    page.store.tell("panel", open);
    if (open) document.querySelector("#panel [role=tab][aria-selected=true]").focus();
    else page.panelButton.focus();
  },
};

// Parts that the first screen does not need are loaded when they are first used: half of all files.
const parts = {
  home: onlyOnce(async (head) => (await import("./home.js")).startHome(page, head)),
  threads: onlyOnce(async (head) => {
    const [{ startThreads }] = await Promise.all([import("./threads.js"), stylesheet("threads")]);
    startThreads(page, head);
  }),
  thread: onlyOnce(async () => (await import("./thread.js")).startThread(page)),
  modals: onlyOnce(async () => {
    const [{ startModals }] = await Promise.all([import("./modal.js"), stylesheet("modal")]);
    startModals(page);
  }),
  panel: onlyOnce(async () => {
    const [{ startPanel }] = await Promise.all([import("./panel.js"), stylesheet("panel")]);
    startPanel(page);
  }),
};

function loadParts(head) {
  const { store } = page;
  store.on("hello place", () => store.place.kind === "home" && parts.home(head));
  store.on("hello place", () => store.place.kind === "threads" && parts.threads(head));
  store.on("thread_opened", () => store.thread && parts.thread());
  store.on("hello views", () => store.state.views.length && parts.modals());
}

/** The place that the address names; null if there is none. */
function placeInAddress() {
  const { state } = page.store;
  const name = decodeURIComponent(location.hash.slice(1));
  const channel = state.channels.find((one) => one.id === name || one.name === name);
  if (location.hash === HOME && state.has_home) return { kind: "home" };
  if (location.hash === THREADS) return { kind: "threads" };
  return channel ? { kind: "channel", id: channel.id } : null;
}

/** Go to the place in the address after Back, Forward or another #channel. */
function followAddress() {
  const { store } = page;
  if (!store.me) return;
  const name = new URLSearchParams(location.search).get("as");
  const person = Object.values(store.state.users).find((one) => one.name === name && one.id !== store.state.me);
  const place = placeInAddress();
  if (person) {
    if (place) store.place = place;
    page.switchUser(person.id);
  } else if (place) store.goTo(place);
  else writeAddress("replaceState");
}

function writeAddress(how) {
  const { store } = page;
  const hash = { home: HOME, threads: THREADS }[store.place.kind] ?? `#${encodeURIComponent(store.channel.name)}`;
  const query = new URLSearchParams(location.search); // keeps the language that the address asked for
  query.set("as", store.me.name);
  const address = `?${query}${hash}`;
  if (address !== location.search + location.hash) history[how](null, "", address);
  const name = { home: "App Home", threads: say("Threads") }[store.place.kind] ?? page.nameOf(store.place.id);
  document.title = `${name} · ${store.me.name} · pandabot demo`;
}

/** Put the page's own words into what the document itself has. */
function translateDocument() {
  document.querySelector(".skip").textContent = say("Skip to the message box");
  for (const [id, name] of [["rail", "Channels"], ["thread", "Thread"], ["panel", "Demo controls"]]) {
    document.getElementById(id).setAttribute("aria-label", say(name));
  }
}

/** Follow a link to a message of this workspace on this page: show its channel and its thread. */
function followMessageLink(event) {
  const { store } = page;
  const [, id, seconds, fraction] = MESSAGE.exec(event.target.closest?.("a[href]")?.href ?? "") ?? [];
  if (!store.state?.channels.some((channel) => channel.id === id)) return;
  event.preventDefault();
  store.goTo({ kind: "channel", id });
  store.openThread(id, `${seconds}.${fraction}`);
}

function start() {
  const { store } = page;
  translateDocument();
  let lost = () => {};
  page.socket = new Socket((message) => store.receive(message), (isLost) => lost(isLost));
  Object.assign(page, headButtons(page));
  let first = true;
  store.on("hello", () => {
    if (first) store.place = placeInAddress() ?? store.place;
    first = false;
    writeAddress("replaceState");
  });
  document.addEventListener("click", followMessageLink);
  document.getElementById("main").addEventListener("pointerdown", (event) => {
    if (!event.target.closest(".rail-toggle")) page.showRail(false);
  });
  document.getElementById("rail").addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !document.body.classList.contains("rail-open")) return;
    page.showRail(false);
    page.railButton.focus();
  });
  startRail(page);
  const head = startChannel(page);
  page.reveal = head.reveal;
  page.toEnd = head.toEnd;
  loadParts(head);
  lost = startNotes(page);
  store.on("place", () => writeAddress("pushState"));
  addEventListener("popstate", followAddress);
  store.on("hello", () => {
    if (!document.getElementById("panel").hidden) store.tell("panel", true);
  });
  page.socket.connect(new URLSearchParams(location.search).get("as") ?? "");
}

start();
