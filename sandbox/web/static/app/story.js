// "The story of a purchase": a guide through eight steps, from the first search to the refund, in place of the strip.

import { button, h, stylesheet, unseen } from "./dom.js";
import { icon } from "./icons.js";
import { APPROVE, storySteps } from "./story_steps.js";
import { STORY, keep, kept } from "./tries.js";
import { say } from "./words.js";

const ORDERING = 3; // the number of the step that makes the order
const SHORT = 6; // the last digits of an order's id, by which messages name it
const PATIENCE = 10_000; // milliseconds that a button of the bot is waited for

/** The guide in `place`, an element of the strip. `left()` is called when the visitor leaves it. */
export async function startStory(page, composer, place, left) {
  await stylesheet("story");
  const story = new Story(page, composer, JSON.parse(kept(STORY)) ?? beginning(page));
  const guide = new Guide(story, place, () => {
    keep(STORY, null);
    story.stop();
    left();
  });
  story.changed = () => guide.draw();
  story.follow();
  guide.draw();
  guide.focus();
}

/** The story's state at its start: who asks, who is the colleague, where, and which orders there were before. */
function beginning({ store }) {
  const { channel } = store;
  const colleague = channel.people.find((one) => one !== store.state.me);
  return { step: 0, deed: 0, asker: store.state.me, colleague, channel: channel.id, order: "", request: "", began: ts(store), before: store.state.orders.map((one) => one.id) };
}

/** The way through the steps, and what its deeds do on the page. */
class Story {
  changed = () => {};
  #leaving = new AbortController();
  #form = ""; // the id of the open form that had a button to send it
  #isFinished = false; // whether that form has shown its last page
  #isBusy = false; // whether a deed is being done

  constructor(page, composer, kept) {
    Object.assign(this, { page, composer, store: page.store, kept });
  }

  get order() {
    return this.kept.order;
  }

  get step() {
    return storySteps(this)[this.kept.step];
  }

  /** The next deed of the step; undefined when all are done. */
  get deed() {
    return this.step.deeds[this.kept.deed];
  }

  names() {
    const { users } = this.store.state;
    const first = (id) => users[id].real_name.split(" ")[0];
    return { asker: first(this.kept.asker), colleague: first(this.kept.colleague) };
  }

  firstSearch(language) {
    return this.store.state.searches[language][0];
  }

  /** Look at what happens on the page until the visitor leaves. */
  follow() {
    for (const name of ["hello", "room", "orders", "views"]) this.on(name, () => this.#look());
    this.#look();
  }

  /** Listen to the page until the visitor leaves. */
  on(name, listener) {
    this.store.addEventListener(name, listener, { signal: this.#leaving.signal });
  }

  stop() {
    this.#leaving.abort();
  }

  /** Go to a step: in the story's channel, as the asker. */
  goTo(step) {
    this.#keep({ step, deed: 0 });
    this.#goTo(this.kept.channel);
    if (this.isColleague()) this.page.switchUser(this.kept.asker);
    this.#look();
    this.changed();
  }

  /** Do the next deed. One that nothing on the page shows as done is done now. */
  async act() {
    const { deed } = this;
    if (this.#isBusy) return;
    this.#isBusy = true;
    this.#form = "";
    this.#isFinished = false;
    const was = await deed.run();
    this.#isBusy = false;
    if (!deed.done && was !== false && this.deed?.label === deed.label) this.#advance();
  }

  #advance() {
    this.#keep({ deed: this.kept.deed + 1 });
    this.#look();
    this.changed();
  }

  #look() {
    const form = this.store.state.views.at(-1);
    if (form?.submit) this.#form = form.id;
    else if (form && form.id === this.#form && !isLoading(form)) this.#isFinished = true;
    if (this.kept.step === ORDERING) this.#lookForOrder();
    const { deed } = this;
    if (deed?.skip?.() || deed?.done?.()) this.#advance();
  }

  /** Note the request for an approval, and the order, as soon as they are there. */
  #lookForOrder() {
    const { orders } = this.store.state;
    const own = orders.findLast((one) => !one.is_paid && !this.kept.before.includes(one.id));
    const request = this.store.room(this.kept.channel).items.findLast((one) => one.ts > this.kept.began && buttonOf(one, APPROVE));
    if (own && !this.order) this.#keep({ order: own.id });
    if (request && request.ts !== this.kept.request) this.#keep({ request: request.ts });
  }

  #keep(changes) {
    Object.assign(this.kept, changes);
    keep(STORY, JSON.stringify(this.kept));
  }

  // --- deeds ---

  /** Type a command in the story's channel, as the asker. */
  run(text) {
    this.#goTo(this.kept.channel);
    this.composer.run(text);
  }

  /** Press the newest button of the bot with this action id, once it is there. Returns whether it came in time. */
  async press(action, since = "") {
    const message = await this.#found((one) => one.ts > since && buttonOf(one, action));
    if (message) {
      this.page.toEnd(); // where the answer will be
      this.page.socket.send("press", { channel: message.channel, ts: message.ts, action: pressed(buttonOf(message, action)) });
    }
    return Boolean(message);
  }

  async runThenPress(text, action) {
    const since = ts(this.store);
    this.run(text);
    return this.press(action, since);
  }

  becomeColleague() {
    this.#goTo(this.kept.channel);
    this.page.switchUser(this.kept.colleague);
  }

  becomeAsker() {
    this.store.once("hello", () => this.#goTo(this.store.state.channels.find((one) => one.kind === "im").id));
    this.page.switchUser(this.kept.asker);
  }

  letPass(seconds) {
    this.#goTo(this.kept.channel);
    this.page.forward(seconds);
    return new Promise((resolve) => {
      this.store.once("outcome", () => {
        this.page.toEnd();
        resolve();
      });
    });
  }

  openThread() {
    this.#goTo(this.kept.channel);
    const card = this.#room().items.findLast((one) => one.reply_count && JSON.stringify(one.blocks ?? "").includes(this.order));
    if (card) this.store.openThread(this.kept.channel, card.ts);
  }

  /** Let a courier scan the parcel, and wait for what the bot says of it in the channel. */
  async scan(moment, text) {
    this.#goTo(this.kept.channel);
    const since = this.#room().newest;
    this.page.socket.send("add_node", { order: this.order, waybill: "", moment, text });
    const alarm = await this.#found((one) => one.ts > since && JSON.stringify(one.blocks ?? "").includes(this.order.slice(-SHORT)));
    if (alarm) this.page.reveal(alarm.ts);
  }

  // --- what the page shows ---

  isColleague() {
    return this.store.state.me === this.kept.colleague;
  }

  hasOrder() {
    return Boolean(this.order);
  }

  isPaid() {
    return Boolean(this.#account()?.is_paid);
  }

  hasRefund() {
    return Boolean(this.#account()?.has_refund) && !this.store.state.views.length;
  }

  /** Whether the form that this deed has opened has come to its end, and was closed. */
  formWasFinished() {
    return this.#isFinished && !this.store.state.views.length;
  }

  hasRequest() {
    return Boolean(this.kept.request);
  }

  /** Whether the request of this story has no button any more. */
  isDecided() {
    const request = this.store.room(this.kept.channel).find(this.kept.request);
    return Boolean(request) && !buttonOf(request, APPROVE);
  }

  #account() {
    return this.store.state.orders.find((one) => one.id === this.order);
  }

  #goTo(id) {
    if (this.store.place.id !== id) this.store.goTo({ kind: "channel", id });
  }

  #room() {
    return this.store.room(this.store.place.id);
  }

  /** The newest message here of which a function is true; null if none comes in time. */
  #found(isIt) {
    const look = () => this.#room().items.findLast(isIt);
    return new Promise((resolve) => {
      const listening = new AbortController();
      const end = (message) => {
        listening.abort();
        clearTimeout(timer);
        resolve(message ?? null);
      };
      const timer = setTimeout(end, PATIENCE);
      this.store.addEventListener("room", () => look() && end(look()), { signal: listening.signal });
      if (look()) end(look());
    });
  }
}

/** Draws the story: its place in the eight steps, the sentence, and the buttons. */
class Guide {
  constructor(story, place, leave) {
    Object.assign(this, { story, place, leave });
    this.head = h("p", { class: "story-head" });
    this.words = h("p", { class: "story-words", "aria-live": "polite" });
    this.buttons = h("div", { class: "story-buttons" });
    const close = button([icon("close"), unseen(say("Leave the story"))], leave, { class: "close", title: say("Leave the story") });
    place.replaceChildren(h("div", { class: "story" }, h("div", { class: "story-told" }, this.head, this.words), this.buttons, close));
    story.on("views", () => this.#afterForm());
  }

  draw() {
    const { story } = this;
    const { step: at } = story.kept;
    const steps = storySteps(story);
    const had = this.buttons.contains(document.activeElement);
    this.head.replaceChildren(
      h("span", { class: "story-dots", "aria-hidden": "true" }, steps.map((_one, number) => h("i", { class: number < at ? "past" : number === at ? "now" : "" }))),
      h("strong", {}, say("{n} of {all} · {name}", { n: at + 1, all: steps.length, name: story.step.name })),
    );
    const isLost = at > ORDERING && !story.hasOrder();
    this.words.textContent = isLost ? say("There is no order yet: the step “{name}” makes one.", { name: steps[ORDERING].name }) : story.deed?.words ?? story.step.look;
    this.buttons.replaceChildren(...(isLost ? [this.#way(steps, ORDERING)] : this.#buttons(steps, at).filter(Boolean)));
    if (had) this.focus();
  }

  focus() {
    this.buttons.querySelector(".primary")?.focus();
  }

  #buttons(steps, at) {
    const { story } = this;
    const next = steps[at + 1];
    const ending = next ? this.#way(steps, at + 1) : button(say("End of the story"), this.leave, { class: "primary" });
    const skip = next ? button(say("Skip"), () => story.goTo(at + 1)) : null;
    return [
      at ? button(say("Back"), () => story.goTo(at - 1)) : null,
      story.deed ? skip : null,
      story.deed ? button(story.deed.label, () => this.#act(), { class: "primary" }) : ending,
    ];
  }

  /** A command that is sent takes the keyboard to the message box: it stays here. */
  #act() {
    this.story.act();
    this.focus();
  }

  #way(steps, to) {
    const label = to > this.story.kept.step ? say("Next: {name}", { name: steps[to].name }) : say("Back to {name}", { name: steps[to].name });
    return button(label, () => this.story.goTo(to), { class: "primary" });
  }

  /** After a form the keyboard would be nowhere. */
  #afterForm() {
    if (this.story.store.state.views.length) return;
    setTimeout(() => document.activeElement === document.body && this.focus());
  }
}

/** The demo's present time as the ts that a message has now. */
function ts(store) {
  return (store.now().getTime() / 1000).toFixed(6);
}

function isLoading(view) {
  return JSON.stringify(view.blocks).includes("⏳");
}

function buttonsOf(message) {
  return (message.blocks ?? []).flatMap((block) => [...(block.elements ?? []), block.accessory ?? {}].map((one) => ({ ...one, block_id: block.block_id })));
}

function buttonOf(message, action) {
  return buttonsOf(message).find(({ action_id: id }) => id === action || id?.startsWith(`${action}:`));
}

/** A press of a button, as the renderer of blocks sends it. */
function pressed({ type, action_id, block_id, value, text }) {
  return { type, action_id, block_id, value, text };
}
