// Draws menus with an external data source: the app is asked for options while the person types.

import { freshId, h } from "../../app/dom.js";
import { plainText } from "../text.js";
import { remember } from "../state.js";
import { combobox } from "./combobox.js";
import { filed, named, nameOf, send } from "./common.js";

const QUERY_LENGTH = 3; // Slack's, where the element gives none

/** One option. */
export function externalSelect(element, place) {
  let current = element.initial_option ?? null;
  const { node, input } = searchField(element, place, async (option) => {
    const before = current;
    show((current = option));
    await send(element, place, { selected_option: option }, () => show((current = before)));
  });
  const show = (option) => (input.value = plainText(option?.text));
  input.addEventListener("blur", () => show(current));
  show(current);
  remember(node, filed(element, place), () => ({ type: element.type, selected_option: current }));
  return node;
}

/** Many options. Each chosen one is a button that removes it again. */
export function multiExternalSelect(element, place) {
  let current = element.initial_options ?? [];
  const chips = h("span", { class: "bk-chips" });
  const change = async (options) => {
    const before = current;
    show((current = options));
    await send(element, place, { selected_options: options }, () => show((current = before)));
  };
  const { node, input } = searchField(element, place, async (option) => {
    input.value = "";
    const isFull = element.max_selected_items && current.length >= element.max_selected_items;
    if (!isFull && current.every((one) => one.value !== option.value)) await change([...current, option]);
  });
  const show = (options) =>
    chips.replaceChildren(
      ...options.map((option) =>
        chip(option, () => {
          input.focus();
          change(current.filter((one) => one !== option));
        }),
      ),
    );
  node.prepend(chips);
  show(current);
  remember(node, filed(element, place), () => ({ type: element.type, selected_options: current }));
  return node;
}

function chip(option, onclick) {
  const text = plainText(option.text);
  return h("button", { type: "button", class: "bk-chip", "aria-label": `Remove ${text}`, onclick }, `${text} ×`);
}

function searchField(element, place, choose) {
  const listId = freshId("bk-list");
  const input = h("input", {
    type: "text",
    class: "bk-type",
    role: "combobox",
    autocomplete: "off",
    placeholder: nameOf(element),
    "aria-autocomplete": "list",
    "aria-expanded": "false",
    "aria-controls": listId,
    ...named(element, place),
  });
  const ask = async (query) => {
    if (query.length < (element.min_query_length ?? QUERY_LENGTH)) return null;
    return (await place.context.options?.(place.blockId, element.action_id, query)) ?? [];
  };
  return { node: combobox(input, { listId, label: nameOf(element), ask, choose }), input };
}
