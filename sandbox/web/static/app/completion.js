// The list of slash commands above the composer, and the usage hint of the typed command.

import { button, h } from "./dom.js";
import { say } from "./words.js";

const MAIN = "/panda"; // the command whose subcommands the chips offer

export class Completion {
  #matches = [];
  #active = 0;

  constructor(box, id, commands) {
    Object.assign(this, { box, id, commands });
    this.list = h("ul", { id, class: "commands", role: "listbox", "aria-label": say("Slash commands"), hidden: true });
    this.hint = h("div", { class: "usage", hidden: true });
    this.element = h("div", { class: "completion" }, this.list, this.hint);
    box.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  /** Adapt list and hint to the typed text. */
  update() {
    const text = this.box.value;
    this.#matches = /^\/\S*$/.test(text) ? this.commands().filter((one) => one.command.startsWith(text)) : [];
    this.#active = 0;
    this.#draw();
    const typed = this.commands().find((one) => text.startsWith(`${one.command} `));
    this.hint.hidden = !typed;
    this.hint.replaceChildren(...(typed ? [h("span", {}, h("code", {}, typed.command), ` ${typed.usage_hint ?? ""}`)] : []));
    if (text === `${MAIN} `) this.hint.append(h("div", { class: "row", role: "group", "aria-label": say("Subcommands") }, this.#chips()));
  }

  /** A chip for each subcommand that has a command of its own, such as /panda-track. Slack shows none. */
  #chips() {
    const names = this.commands().filter((one) => one.command.startsWith(`${MAIN}-`));
    return names.map((one) => {
      const verb = one.command.slice(MAIN.length + 1);
      const put = (event) => {
        event.preventDefault(); // the focus stays in the box
        this.box.value = `${MAIN} ${verb} `;
        this.box.focus();
        this.update();
      };
      return button(verb, put, { class: "chip", title: one.description, onpointerdown: (event) => event.preventDefault() });
    });
  }

  close() {
    this.#matches = [];
    this.#draw();
  }

  /** Handle a key that belongs to the list. Returns whether it did. */
  key(event) {
    if (!this.#matches.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const isComplete = this.#matches[this.#active].command === this.box.value;
    if (step) this.#active = (this.#active + step + this.#matches.length) % this.#matches.length;
    else if (event.key === "Tab" && !event.shiftKey) this.#take(this.#active);
    else if (event.key === "Enter" && !event.shiftKey && !isComplete) this.#take(this.#active);
    else if (event.key === "Escape") this.#matches = [];
    else return false;
    event.preventDefault();
    this.#draw();
    return true;
  }

  #take(number) {
    this.box.value = `${this.#matches[number].command} `;
    this.#matches = [];
    this.box.focus();
    this.update();
  }

  #draw() {
    const open = this.#matches.length > 0;
    this.list.hidden = !open;
    this.box.setAttribute("aria-expanded", String(open));
    this.list.replaceChildren(
      ...this.#matches.map((one, number) =>
        h(
          "li",
          {
            id: `${this.id}-${number}`,
            role: "option",
            "aria-selected": String(number === this.#active),
            onpointerdown: (event) => {
              event.preventDefault();
              this.#take(number);
            },
          },
          h("span", { class: "command" }, one.command, " ", h("span", { class: "hint" }, one.usage_hint ?? "")),
          h("span", { class: "description" }, one.description),
        ),
      ),
    );
    if (open) this.box.setAttribute("aria-activedescendant", `${this.id}-${this.#active}`);
    else this.box.removeAttribute("aria-activedescendant");
  }
}
