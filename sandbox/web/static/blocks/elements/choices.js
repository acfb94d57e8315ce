// Draws checkboxes and radio buttons, each option with its text and description.

import { freshId, h } from "../../app/dom.js";
import { textNodes } from "../mrkdwn.js";
import { remember } from "../state.js";
import { filed, indexOf, named, send } from "./common.js";

/** Any number of options. */
export function checkboxes(element, place) {
  const chosen = new Set((element.initial_options ?? []).map((one) => indexOf(element.options, one)));
  const boxes = element.options.map((_, at) => h("input", { type: "checkbox", checked: chosen.has(at) }));
  const payload = () => ({ selected_options: element.options.filter((_, at) => boxes[at].checked) });
  boxes.forEach((box) => box.addEventListener("change", () => send(element, place, payload(), () => (box.checked = !box.checked))));
  return group("group", element, place, boxes, payload);
}

/** One of the options. */
export function radioButtons(element, place) {
  let current = indexOf(element.options, element.initial_option);
  const name = freshId("bk-radio");
  const boxes = element.options.map((_, at) => h("input", { type: "radio", name, checked: at === current }));
  const payload = () => ({ selected_option: element.options[boxes.findIndex((one) => one.checked)] ?? null });
  boxes.forEach((box, at) =>
    box.addEventListener("change", async () => {
      const before = current;
      current = at;
      const undo = () => {
        current = before;
        box.checked = false;
        if (before >= 0) boxes[before].checked = true;
      };
      await send(element, place, payload(), undo);
    }),
  );
  return group("radiogroup", element, place, boxes, payload);
}

function group(role, element, place, boxes, payload) {
  const node = h("div", { class: "bk-choices", role, ...named(element, place, { isGroup: true }) });
  element.options.forEach((option, at) => node.append(choice(option, boxes[at], place.context)));
  remember(node, filed(element, place), () => ({ type: element.type, ...payload() }));
  return node;
}

function choice(option, box, context) {
  const description = option.description ? h("small", {}, textNodes(option.description, context)) : null;
  return h("label", { class: "bk-choice" }, box, h("span", {}, h("span", {}, textNodes(option.text, context)), description));
}
