// Draws menus of one choice as the browser's own select: static options, people, channels.

import { h } from "../../app/dom.js";
import { plainText } from "../text.js";
import { remember } from "../state.js";
import { filed, indexOf, named, nameOf, send } from "./common.js";
import { channelOptions, conversationOptions, peopleOptions } from "./rosters.js";

/** Options of the block itself, with or without groups. */
export function staticSelect(element, place) {
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  const options = groups.flatMap((group) => group.options);
  return menu(element, place, groups, indexOf(options, element.initial_option), (option) => ({ selected_option: option ?? null }));
}

/** A person of this workspace. */
export function usersSelect(element, place) {
  return rosterSelect(element, place, peopleOptions(place.context), element.initial_user, "selected_user");
}

/** A channel. */
export function channelsSelect(element, place) {
  return rosterSelect(element, place, channelOptions(place.context), element.initial_channel, "selected_channel");
}

/** A channel or a person. */
export function conversationsSelect(element, place) {
  return rosterSelect(
    element,
    place,
    conversationOptions(place.context, element.filter),
    element.initial_conversation,
    "selected_conversation",
  );
}

function rosterSelect(element, place, options, initial, as) {
  const at = options.findIndex((one) => one.value === initial);
  return menu(element, place, [{ options }], at, (option) => ({ [as]: option?.value ?? null }));
}

function menu(element, place, groups, initial, payload) {
  const options = groups.flatMap((group) => group.options);
  let count = -1;
  const entry = (option) => {
    count += 1;
    return h(
      "option",
      { value: String(count), selected: count === initial, title: plainText(option.description) || null },
      plainText(option.text),
    );
  };
  const entries = groups.flatMap((group) =>
    group.label ? h("optgroup", { label: plainText(group.label) }, group.options.map(entry)) : group.options.map(entry),
  );
  const node = h(
    "select",
    { class: "bk-select", ...named(element, place) },
    h("option", { value: "", selected: initial < 0 }, nameOf(element)),
    entries,
  );
  let current = node.value;
  const chosen = () => payload(node.value === "" ? undefined : options[Number(node.value)]);
  node.addEventListener("change", async () => {
    const before = current;
    current = node.value;
    await send(element, place, chosen(), () => (node.value = current = before));
  });
  remember(node, filed(element, place), () => ({ type: element.type, ...chosen() }));
  return node;
}
