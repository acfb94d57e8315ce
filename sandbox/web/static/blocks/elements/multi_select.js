// Draws menus of many choices: a summary of the chosen options that unfolds into checkboxes.

import { freshId, h, unseen } from "../../app/dom.js";
import { plainText } from "../text.js";
import { remember } from "../state.js";
import { filed, named, nameOf, send } from "./common.js";
import { channelOptions, conversationOptions, peopleOptions } from "./rosters.js";

/** Options of the block itself. */
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

function unfolding(element, place, groups, initial, payload) {
  const options = groups.flatMap((group) => group.options);
  const boxes = new Map(options.map((one) => [one, h("input", { type: "checkbox", checked: initial.has(one.value) })]));
  const chosen = () => options.filter((one) => boxes.get(one).checked);
  const summaryText = h("span", {});
  const { id, ...props } = named(element, place);
  delete props["aria-required"]; // not allowed on a summary
  const summary = h("summary", { class: "bk-summary", id, ...labelled(place, summaryText, props) }, summaryText);
  const fields = h(
    "fieldset",
    { class: "bk-options", tabindex: "-1" },
    h("legend", {}, unseen(nameOf(element))),
    groups.flatMap((group) => listing(group, boxes)),
  );
  const node = h("details", { class: "bk-multi" }, summary, fields);
  const settle = () => {
    summaryText.textContent =
      chosen()
        .map((one) => plainText(one.text))
        .join(", ") || nameOf(element);
    limit(boxes, element.max_selected_items);
  };
  fields.addEventListener("change", settle);
  folds(node, summary);
  sendWhenFolded(node, element, place, { boxes, chosen, payload, settle });
  remember(node, filed(element, place), () => ({ type: element.type, ...payload(chosen()) }));
  settle();
  return node;
}

// Screen readers get the chosen options, in an input block after its label.
function labelled(place, summaryText, props) {
  if (!place.input) return { ...props, "aria-label": null };
  summaryText.id = freshId("bk-said");
  return { ...props, "aria-labelledby": `${place.input.labelId} ${summaryText.id}` };
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
    event.preventDefault(); // otherwise the modal around it closes
    node.open = false;
    summary.focus();
  });
}

// As in Slack, the action is sent when the menu is closed, and only if the choice has changed.
function sendWhenFolded(node, element, place, { boxes, chosen, payload, settle }) {
  let current = chosen();
  node.addEventListener("toggle", async () => {
    const now = chosen();
    if (node.open || (now.length === current.length && now.every((one, at) => one === current[at]))) return;
    const before = current;
    current = now;
    await send(element, place, payload(now), () => {
      for (const [option, box] of boxes) box.checked = before.includes(option);
      current = before;
      settle();
    });
  });
}
