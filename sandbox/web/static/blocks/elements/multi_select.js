// Menus of many choices: a field that unfolds into checkboxes, and says what is chosen while it is folded.

import { freshId, h, unseen } from "../../app/dom.js";
import { plainText } from "../text.js";
import { remember } from "../state.js";
import { filed, named, nameOf, send } from "./common.js";
import { channelOptions, conversationOptions, peopleOptions } from "./rosters.js";

/** Options that stand in the block. */
export function multiStaticSelect(element, place) {
  const groups = element.option_groups ?? [{ options: element.options ?? [] }];
  const initial = new Set((element.initial_options ?? []).map((one) => one.value));
  return unfolding(element, place, groups, initial, (options) => ({ selected_options: options }));
}

/** People. */
export function multiUsersSelect(element, place) {
  return roster(element, place, peopleOptions(place.context), element.initial_users, "selected_users");
}

/** Channels. */
export function multiChannelsSelect(element, place) {
  return roster(element, place, channelOptions(place.context), element.initial_channels, "selected_channels");
}

/** Channels and people. */
export function multiConversationsSelect(element, place) {
  return roster(
    element,
    place,
    conversationOptions(place.context, element.filter),
    element.initial_conversations,
    "selected_conversations",
  );
}

function roster(element, place, options, initial, as) {
  return unfolding(element, place, [{ options }], new Set(initial ?? []), (chosen) => ({ [as]: chosen.map((one) => one.value) }));
}

function unfolding(element, place, groups, initial, told) {
  const options = groups.flatMap((group) => group.options);
  const boxes = new Map(options.map((one) => [one, h("input", { type: "checkbox", checked: initial.has(one.value) })]));
  const chosen = () => options.filter((one) => boxes.get(one).checked);
  const said = h("span", {});
  const { id, ...props } = named(element, place);
  delete props["aria-required"]; // not for a summary
  const summary = h("summary", { class: "bk-summary", id, ...labelled(place, said, props) }, said);
  const fields = h(
    "fieldset",
    { class: "bk-options", tabindex: "-1" },
    h("legend", {}, unseen(nameOf(element))),
    groups.flatMap((group) => listing(group, boxes)),
  );
  const node = h("details", { class: "bk-multi" }, summary, fields);
  const settle = () => {
    said.textContent =
      chosen()
        .map((one) => plainText(one.text))
        .join(", ") || nameOf(element);
    limit(boxes, element.max_selected_items);
  };
  fields.addEventListener("change", settle);
  folds(node, summary);
  sendWhenFolded(node, element, place, { boxes, chosen, told, settle });
  remember(node, filed(element, place), () => ({ type: element.type, ...told(chosen()) }));
  settle();
  return node;
}

// In an input block the label and what is chosen are read out, elsewhere what is chosen.
function labelled(place, said, props) {
  if (!place.input) return { ...props, "aria-label": null };
  said.id = freshId("bk-said");
  return { ...props, "aria-labelledby": `${place.input.labelId} ${said.id}` };
}

function listing(group, boxes) {
  const choices = group.options.map((one) =>
    h(
      "label",
      { class: "bk-choice" },
      boxes.get(one),
      h("span", {}, plainText(one.text), one.description ? h("small", {}, plainText(one.description)) : null),
    ),
  );
  return group.label
    ? h("div", { role: "group", "aria-label": plainText(group.label) }, h("strong", {}, plainText(group.label)), choices)
    : choices;
}

function limit(boxes, most) {
  const isFull = most && [...boxes.values()].filter((one) => one.checked).length >= most;
  for (const box of boxes.values()) box.disabled = Boolean(isFull && !box.checked);
}

function folds(node, summary) {
  node.addEventListener("focusout", ({ relatedTarget }) => {
    if (!node.contains(relatedTarget)) node.open = false;
  });
  node.addEventListener("keydown", (event) => {
    if (event.key !== "Escape" || !node.open) return;
    event.preventDefault(); // or the modal around it would close
    node.open = false;
    summary.focus();
  });
}

// As in Slack: the app hears of the choice once the menu is closed, and only of a new one.
function sendWhenFolded(node, element, place, { boxes, chosen, told, settle }) {
  let kept = chosen();
  node.addEventListener("toggle", async () => {
    const now = chosen();
    if (node.open || (now.length === kept.length && now.every((one, at) => one === kept[at]))) return;
    const before = kept;
    kept = now;
    await send(element, place, told(now), () => {
      for (const [option, box] of boxes) box.checked = before.includes(option);
      kept = before;
      settle();
    });
  });
}
