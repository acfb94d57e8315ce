// The composer: a text box with completion of slash commands, the history of sent lines, and shortcuts.

import { button, freshId, h } from "./dom.js";
import { Completion } from "./completion.js";
import { Attached } from "./files.js";
import { keepLine, sentLines } from "./history.js";
import { menuButton } from "./menu.js";
import { icon } from "./icons.js";
import { say } from "./words.js";

export class Composer {
  #back = 0; // how many lines back in the history; 0: the line that is being typed
  #draft = "";
  #drafts = new Map(); // unsent text by place
  #place = "";

  /**
   * `where()` returns {channel, thread}; `sent()` is called after sending; `id` lets a link lead to the box.
   * `commands: false` is for threads, which refuse slash commands.
   */
  constructor(page, { id, label, where, sent, commands = true }) {
    Object.assign(this, { page, where, sent, hasCommands: commands });
    const listId = freshId("commands");
    this.box = h("textarea", {
      id,
      class: "box",
      rows: "1",
      role: "combobox",
      "aria-label": label,
      "aria-autocomplete": "list",
      "aria-expanded": "false",
      "aria-controls": listId,
      spellcheck: "false",
      onkeydown: (event) => this.#key(event),
      oninput: () => this.#typed(),
    });
    this.attached = new Attached(page);
    this.completion = new Completion(this.box, listId, () => this.#commands());
    this.element = h(
      "form",
      { class: "composer", onsubmit: (event) => { event.preventDefault(); this.#send(); } },
      this.completion.element,
      this.attached.element,
      h(
        "div",
        { class: "composer-row" },
        menuButton(icon("bolt"), say("Shortcuts"), () => this.#shortcuts()),
        menuButton(icon("clip"), say("Attach"), () => this.attached.entries()),
        this.box,
        button(icon("send"), () => this.#send(), { class: "send", "aria-label": say("Send") }),
      ),
    );
  }

  set label(text) {
    this.box.setAttribute("aria-label", text);
    this.box.placeholder = text;
  }

  /** Show the draft of a place, and keep the one of the place before. */
  moveTo(place) {
    if (place === this.#place) return;
    this.#drafts.set(this.#place, this.box.value);
    this.#place = place;
    this.box.value = this.#drafts.get(place) ?? "";
    this.#typed();
    this.completion.close();
  }

  /** Send a line as if it had been typed. */
  run(text) {
    this.box.value = text;
    this.#send();
  }

  #commands() {
    return this.hasCommands ? this.page.store.state.commands : [];
  }

  #shortcuts() {
    const { store, socket } = this.page;
    const global = store.state.shortcuts.filter((one) => one.type === "global");
    const run = (one) => ({ label: one.name, hint: one.description, choose: () => socket.send("global_shortcut", { callback_id: one.callback_id }) });
    const type = (one) => ({ label: one.command, hint: one.description, choose: () => this.#put(`${one.command} `) });
    return [...global.map(run), ...this.#commands().map(type)];
  }

  #key(event) {
    if (event.isComposing || this.completion.key(event)) return;
    if (event.key === "Enter" && !event.shiftKey) {
      event.preventDefault();
      this.#send();
    } else if (event.key === "ArrowUp" && this.#canLeave(0)) this.#go(1, event);
    else if (event.key === "ArrowDown" && this.#back && this.#canLeave(this.box.value.length)) this.#go(-1, event);
  }

  /** Whether an arrow key means the history: in an empty box, or in an unedited line of the history. */
  #canLeave(edge) {
    return this.box.selectionStart === this.box.selectionEnd && (this.#back > 0 || this.box.value === "") && (this.#back > 0 || this.box.selectionStart === edge);
  }

  #go(step, event) {
    const to = this.#back + step;
    if (to > sentLines().length) return;
    event.preventDefault();
    if (this.#back === 0) this.#draft = this.box.value;
    this.#put(to === 0 ? this.#draft : sentLines().at(-to));
    this.#back = to;
    this.completion.close();
  }

  #put(text) {
    this.box.value = text;
    this.box.setSelectionRange(text.length, text.length);
    this.box.focus();
    this.#typed();
  }

  #typed() {
    this.#back = 0;
    this.box.style.height = "auto";
    this.box.style.height = `${Math.min(this.box.scrollHeight + 2, 200)}px`;
    this.completion.update();
  }

  #send() {
    const text = this.box.value;
    if (!text.trim() && !this.attached.files.length) return;
    const [, command, rest] = text.match(/^(\/\S+)\s*([\s\S]*)$/) ?? [];
    const isKnown = this.#commands().some((one) => one.command === command);
    if (command) this.page.socket.send("slash", { ...this.where(), command, text: rest });
    if (command && !isKnown) return; // the server refuses it; the text stays, to be corrected
    if (!command) this.page.socket.send("say", { ...this.where(), text, files: this.attached.take() });
    if (text.trim()) keepLine(text);
    this.#put("");
    this.completion.close();
    this.sent();
  }
}
