// A text field with a list of suggestions, used by arrows, Enter and Escape as WAI-ARIA describes a combobox.

import { freshId, h } from "../../app/dom.js";
import { plainText } from "../text.js";

const PAUSE = 150; // milliseconds after the last key until the app is asked

/**
 * The field and its list. `ask(query)` returns options, or null for a query that is too short; `choose(option)` is
 * called with the chosen one. Answers to outdated queries are dropped.
 */
export function combobox(input, { listId, label, ask, choose }) {
  const list = h("ul", { id: listId, class: "bk-list", role: "listbox", "aria-label": label, hidden: true });
  const status = h("p", { class: "bk-note", role: "status" });
  const box = { input, list, status, choose, options: [], at: -1, asked: 0 };
  let timer = 0;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => search(box, ask), PAUSE);
  });
  input.addEventListener("focus", () => input.value || search(box, ask));
  input.addEventListener("blur", () => show(box, null));
  input.addEventListener("keydown", (event) => onKey(event, box));
  return h("div", { class: "bk-combobox" }, input, list, status);
}

async function search(box, ask) {
  const mine = (box.asked += 1);
  const options = await ask(box.input.value.trim());
  if (mine === box.asked && box.input === document.activeElement) show(box, options);
}

function show(box, options) {
  box.options = options ?? [];
  box.status.textContent = options && !options.length ? "No results" : "";
  box.list.replaceChildren(...box.options.map((option) => entry(box, option)));
  box.list.hidden = !box.options.length;
  box.input.setAttribute("aria-expanded", String(!box.list.hidden));
  point(box, -1);
}

function entry(box, option) {
  // Without preventDefault the press would take the focus from the field, which closes the list.
  return h(
    "li",
    {
      id: freshId("bk-option"),
      role: "option",
      class: "bk-list-item",
      "aria-selected": "false",
      onpointerdown: (event) => {
        event.preventDefault();
        pick(box, option);
      },
    },
    plainText(option.text),
    option.description ? h("small", {}, plainText(option.description)) : null,
  );
}

function pick(box, option) {
  box.asked += 1;
  show(box, null);
  box.choose(asOption(option));
}

// An option whose text is a plain string becomes a whole option object, as the app gets it back.
function asOption(option) {
  return typeof option.text === "string" ? { ...option, text: { type: "plain_text", text: option.text } } : option;
}

function point(box, at) {
  box.at = at;
  box.list.querySelectorAll("li").forEach((one, place) => one.setAttribute("aria-selected", String(place === at)));
  const current = box.list.children[at];
  if (current) box.input.setAttribute("aria-activedescendant", current.id);
  else box.input.removeAttribute("aria-activedescendant");
  current?.scrollIntoView({ block: "nearest" });
}

function onKey(event, box) {
  const { key } = event;
  const count = box.options.length;
  if (!count || event.isComposing) return;
  if (key === "ArrowDown") point(box, (box.at + 1) % count);
  else if (key === "ArrowUp") point(box, box.at > 0 ? box.at - 1 : count - 1);
  else if (key === "Enter" && box.at >= 0) pick(box, box.options[box.at]);
  else if (key === "Escape") show(box, null);
  else return;
  event.preventDefault();
}
