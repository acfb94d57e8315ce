// Menus whose options the app is asked for while one types: one choice, or many.

import { freshId, h } from "../../app/dom.js";
import { plainText } from "../text.js";
import { remember } from "../state.js";
import { combobox } from "./combobox.js";
import { filed, named, nameOf, send } from "./common.js";

const QUERY_LENGTH = 3; // Slack's, where the element gives none

/** One option. */
export function externalSelect(element, place) {
  let kept = element.initial_option ?? null;
  const { node, input } = searchField(element, place, async (option) => {
    const before = kept;
    show((kept = option));
    await send(element, place, { selected_option: option }, () => show((kept = before)));
  });
  const show = (option) => (input.value = plainText(option?.text));
  input.addEventListener("blur", () => show(kept));
  show(kept);
  remember(node, filed(element, place), () => ({ type: element.type, selected_option: kept }));
  return node;
}

/** Many options: each chosen one is a button that takes it out again. */
export function multiExternalSelect(element, place) {
  let kept = element.initial_options ?? [];
  const chips = h("span", { class: "bk-chips" });
  const change = async (options) => {
    const before = kept;
    show((kept = options));
    await send(element, place, { selected_options: options }, () => show((kept = before)));
  };
  const { node, input } = searchField(element, place, async (option) => {
    input.value = "";
    const isFull = element.max_selected_items && kept.length >= element.max_selected_items;
    if (!isFull && kept.every((one) => one.value !== option.value)) await change([...kept, option]);
  });
  const show = (options) =>
    chips.replaceChildren(
      ...options.map((option) =>
        chip(option, () => {
          input.focus();
          change(kept.filter((one) => one !== option));
        }),
      ),
    );
  node.prepend(chips);
  show(kept);
  remember(node, filed(element, place), () => ({ type: element.type, selected_options: kept }));
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
