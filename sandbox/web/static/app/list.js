// A log of messages that draws only a window of them, which moves as the reader scrolls.

import { h } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./words.js";

const FIRST = 30; // messages drawn when a channel opens
const STEP = 20; // messages added at an end in one frame
const MOST = 120; // messages drawn at once
const NEAR = 800; // pixels from an end of the window at which more are drawn
const SETTLING = 6; // frames until the messages around one have their true heights
const FOUND = 2500; // milliseconds that a message is marked to which a link has led
const AT_END = 40; // pixels from the bottom that still count as the bottom

export class MessageList {
  #drawn = new Map(); // ts -> {message, node, before}
  #start = 0;
  #end = 0;
  #follows = true; // whether the newest message stays in sight
  #due = false; // whether an update is planned for the next frame
  #top = 0; // scrollTop after the last scroll
  #wanted = ""; // the ts of a message to bring into sight once it is there
  #held = null; // {ts, node, index, top} of the first message in sight, which must not move

  /**
   * `draw(message, before)` makes a node; `drawWith` may give it later. `older(ts)` asks the server for older messages.
   * `seen(ts)` is called with the newest message that was read.
   */
  constructor({ label, draw = null, older, seen = () => {} }) {
    Object.assign(this, { draw, older, seen });
    this.inner = h("div", { class: "log-inner" });
    this.element = h(
      "div",
      { class: "log", role: "log", "aria-live": "polite", "aria-label": label, tabindex: "0", onscroll: () => this.#scrolled() },
      this.inner,
    );
    this.down = h("button", { type: "button", class: "to-end", hidden: true, onclick: () => this.toEnd() }, icon("down"), ` ${say("Newest messages")}`);
    // Called before painting, when a picture has loaded or a message got its true height.
    this.sizes = new ResizeObserver(() => this.#settle());
    this.sizes.observe(this.inner);
    this.sizes.observe(this.element);
  }

  /** Set the function that draws messages. */
  drawWith(draw) {
    this.draw = draw;
    if (this.room) this.toEnd();
  }

  /** Show a room from its end. */
  show(room) {
    this.room = room;
    this.#clear();
    this.toEnd();
  }

  /** Draw all messages anew, because the reader's zone or a name changed. */
  redraw() {
    for (const entry of this.#drawn.values()) entry.message = null;
    this.changed();
  }

  /** Draw one message anew. */
  redrawOne(ts) {
    const entry = this.#drawn.get(ts);
    if (!entry) return;
    entry.message = null;
    this.changed();
  }

  /** Bring a message into sight and mark it for a moment, as soon as the room has it. */
  reveal(ts) {
    this.#wanted = ts;
    this.#reveal();
  }

  #reveal() {
    const at = this.#wanted && this.draw ? this.room.items.findIndex((one) => one.ts === this.#wanted) : -1;
    if (at < 0) return;
    const ts = this.#wanted;
    this.#wanted = "";
    this.#follows = false;
    this.#start = Math.max(0, at - FIRST / 2);
    this.#end = Math.min(this.room.items.length, at + FIRST);
    this.#held = null;
    this.#quietly();
    this.#center(ts, SETTLING);
  }

  /** Scroll to a message, again in the next frames, as the messages around it get their true heights only then. */
  #center(ts, frames) {
    const node = this.#drawn.get(ts)?.node;
    if (!node) return;
    node.scrollIntoView({ block: "center" });
    this.#scrolled();
    node.classList.add("found");
    if (frames) requestAnimationFrame(() => this.#center(ts, frames - 1));
    else setTimeout(() => this.#drawn.get(ts)?.node.classList.remove("found"), FOUND);
  }

  /** The room changed: plan one update for the next frame. */
  changed() {
    if (this.#due) return;
    this.#due = true;
    requestAnimationFrame(() => {
      this.#due = false;
      this.#update();
      this.#reveal();
    });
  }

  /** Go to the newest message. */
  toEnd() {
    this.#follows = true;
    this.#end = this.room.items.length;
    this.#start = Math.max(0, this.#end - FIRST);
    this.#update();
  }

  #clear() {
    this.#drawn.clear();
    this.inner.replaceChildren();
    this.#start = this.#end = 0;
  }

  #update() {
    const { items } = this.room;
    if (!this.draw) return;
    if (this.#follows) {
      this.#find(this.#first());
      this.#end = items.length;
      this.#start = Math.max(this.#least(), Math.min(this.#start, this.#end));
    } else {
      this.#hold();
      this.#find(this.#held);
    }
    this.#reconcile(items.slice(this.#start, this.#end));
    this.#settle();
    // A message drawn anew gets its true height only in the next frame, which no observer reports if it is the old one.
    if (this.#follows) requestAnimationFrame(() => this.#follows && this.#stick());
    this.down.hidden = this.#follows;
    if (this.#follows && document.visibilityState === "visible") this.seen(this.room.newest);
    this.#fill();
  }

  /** The lowest start of the window: while it follows the newest message, it holds at most MOST. */
  #least() {
    return this.#follows ? Math.max(0, this.#end - MOST) : 0;
  }

  /** Go on with the next frame if an end is still near. Few messages a frame keep the page responsive. */
  #fill() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    const up = this.#start > this.#least() && scrollTop < NEAR;
    const down = this.#end < this.room.items.length && scrollHeight - scrollTop - clientHeight < NEAR;
    if (clientHeight && (up || down)) requestAnimationFrame(() => this.#scrolled());
  }

  /** Move the window with a message of it, as older messages have shifted all indexes. */
  #find(held) {
    const at = held ? this.room.items.findIndex((one) => one.ts === held.ts) : -1;
    if (at < 0) return;
    this.#start = Math.max(0, this.#start + at - held.index);
    this.#end = Math.min(this.room.items.length, this.#end + at - held.index);
    held.index = at;
  }

  #first() {
    const [[ts, { index }] = [null, {}]] = this.#drawn;
    return ts && { ts, index };
  }

  /** Remember the first message in sight, found by bisection, as measuring is slow. */
  #hold() {
    this.#held = null;
    if (!this.#drawn.size) return;
    const top = this.element.getBoundingClientRect().top;
    const order = [...this.#drawn];
    let [from, to] = [0, order.length - 1];
    while (from < to) {
      const middle = (from + to) >> 1;
      if (order[middle][1].node.getBoundingClientRect().bottom > top) to = middle;
      else from = middle + 1;
    }
    const [ts, { node, index }] = order[from];
    this.#held = { ts, node, index, top: node.getBoundingClientRect().top };
  }

  /** Scroll back to the end, or to where the held message was. */
  #settle() {
    if (this.#follows) {
      this.#stick();
      return;
    }
    const node = this.#held && this.#drawn.get(this.#held.ts)?.node;
    const moved = node ? node.getBoundingClientRect().top - this.#held.top : 0;
    if (moved) this.element.scrollTop += moved;
    this.#top = this.element.scrollTop;
  }

  #reconcile(items) {
    const wanted = new Map();
    items.forEach((message, offset) => {
      const index = this.#start + offset;
      const before = this.room.items[index - 1];
      const old = this.#drawn.get(message.ts);
      const same = old && old.message === message && old.before === before?.ts;
      wanted.set(message.ts, same ? { ...old, index } : { message, before: before?.ts, index, node: this.#remake(old, message, before) });
    });
    for (const [ts, { node }] of this.#drawn) if (!wanted.has(ts)) node.remove();
    this.#drawn = wanted;
    let at = this.inner.firstChild;
    for (const { node } of wanted.values()) {
      if (node === at) at = at.nextSibling;
      else this.inner.insertBefore(node, at);
    }
    while (at) {
      const next = at.nextSibling;
      at.remove();
      at = next;
    }
  }

  /** A new node for a message. The focus stays on the same button of a changed message. */
  #remake(old, message, before) {
    const node = this.draw(message, before);
    if (old?.node.contains(document.activeElement)) {
      const places = [...old.node.querySelectorAll("button, a, select, input")];
      const at = places.indexOf(document.activeElement);
      old.node.replaceWith(node);
      const now = [...node.querySelectorAll("button, a, select, input")];
      (now[Math.min(at, now.length - 1)] ?? this.element).focus({ preventScroll: true });
    } else old?.node.replaceWith(node);
    return node;
  }

  #stick() {
    this.element.scrollTop = this.element.scrollHeight;
    this.#top = this.element.scrollTop;
  }

  #scrolled() {
    const { scrollTop, scrollHeight, clientHeight } = this.element;
    const below = scrollHeight - scrollTop - clientHeight;
    const atEnd = this.#end === this.room.items.length;
    // Content that grew below does not change scrollTop: only a person who scrolls up leaves the end.
    if (below > AT_END && scrollTop < this.#top) this.#follows = false;
    else if (below <= AT_END && atEnd) this.#follows = true;
    this.#top = scrollTop;
    if (!this.#follows) this.#hold();
    if (scrollTop < NEAR) this.#up();
    else if (below < NEAR && !atEnd) this.#down();
    this.down.hidden = this.#follows;
    if (this.#follows) this.seen(this.room.newest);
  }

  #up() {
    if (this.#start > 0) {
      this.#start = Math.max(0, this.#start - STEP);
      this.#end = Math.min(this.#end, this.#start + MOST);
      this.#quietly();
    } else if (this.room.loaded && this.room.more && !this.room.asked) {
      this.room.asked = true;
      this.element.setAttribute("aria-busy", "true");
      this.older(this.room.items[0]?.ts ?? "");
    }
  }

  #down() {
    this.#end = Math.min(this.room.items.length, this.#end + STEP);
    this.#start = Math.max(this.#start, this.#end - MOST);
    this.#quietly();
  }

  /** Draw the messages that scrolling needs, without having them read out. */
  #quietly() {
    this.element.setAttribute("aria-busy", "true");
    this.#update();
    setTimeout(() => this.element.removeAttribute("aria-busy"), 100);
  }
}
