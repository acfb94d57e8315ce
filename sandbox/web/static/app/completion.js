// The list of slash commands above the box, and the usage hint of the one that is being typed.

import { h } from "./dom.js";

export class Completion {
  #found = [];
  #at = 0;

  constructor(box, id, commands) {
    Object.assign(this, { box, id, commands });
    this.list = h("ul", { id, class: "commands", role: "listbox", "aria-label": "Slash commands", hidden: true });
    this.hint = h("p", { class: "usage", hidden: true });
    this.element = h("div", { class: "completion" }, this.list, this.hint);
    box.addEventListener("blur", () => setTimeout(() => this.close(), 150));
  }

  /** The text changed. */
  update() {
    const text = this.box.value;
    this.#found = /^\/\S*$/.test(text) ? this.commands().filter((one) => one.command.startsWith(text)) : [];
    this.#at = 0;
    this.#draw();
    const typed = this.commands().find((one) => text.startsWith(`${one.command} `));
    this.hint.hidden = !typed;
    this.hint.replaceChildren(...(typed ? [h("code", {}, typed.command), ` ${typed.usage_hint ?? ""}`] : []));
  }

  close() {
    this.#found = [];
    this.#draw();
  }

  /** Take a key if it is about the list. Returns whether it was. */
  key(event) {
    if (!this.#found.length) return false;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const whole = this.#found[this.#at].command === this.box.value;
    if (step) this.#at = (this.#at + step + this.#found.length) % this.#found.length;
    else if (event.key === "Tab" && !event.shiftKey) this.#take(this.#at);
    else if (event.key === "Enter" && !event.shiftKey && !whole) this.#take(this.#at);
    else if (event.key === "Escape") this.#found = [];
    else return false;
    event.preventDefault();
    this.#draw();
    return true;
  }

  #take(number) {
    this.box.value = `${this.#found[number].command} `;
    this.#found = [];
    this.box.focus();
    this.update();
  }

  #draw() {
    const open = this.#found.length > 0;
    this.list.hidden = !open;
    this.box.setAttribute("aria-expanded", String(open));
    this.list.replaceChildren(
      ...this.#found.map((one, number) =>
        h(
          "li",
          {
            id: `${this.id}-${number}`,
            role: "option",
            "aria-selected": String(number === this.#at),
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
    if (open) this.box.setAttribute("aria-activedescendant", `${this.id}-${this.#at}`);
    else this.box.removeAttribute("aria-activedescendant");
  }
}
