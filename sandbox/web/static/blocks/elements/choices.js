// Checkboxes and radio buttons, each with its text and description.

import { freshId, h } from "../../app/dom.js";
import { textNodes } from "../mrkdwn.js";
import { remember } from "../state.js";
import { filed, indexOf, named, send } from "./common.js";

/** Any number of options. */
export function checkboxes(element, place) {
  const chosen = new Set((element.initial_options ?? []).map((one) => indexOf(element.options, one)));
  const boxes = element.options.map((_, at) => h("input", { type: "checkbox", checked: chosen.has(at) }));
  const told = () => ({ selected_options: element.options.filter((_, at) => boxes[at].checked) });
  boxes.forEach((box) => box.addEventListener("change", () => send(element, place, told(), () => (box.checked = !box.checked))));
  return group("group", element, place, boxes, told);
}

/** One of the options. */
export function radioButtons(element, place) {
  let kept = indexOf(element.options, element.initial_option);
  const name = freshId("bk-radio");
  const boxes = element.options.map((_, at) => h("input", { type: "radio", name, checked: at === kept }));
  const told = () => ({ selected_option: element.options[boxes.findIndex((one) => one.checked)] ?? null });
  boxes.forEach((box, at) =>
    box.addEventListener("change", async () => {
      const before = kept;
      kept = at;
      const undo = () => {
        kept = before;
        box.checked = false;
        if (before >= 0) boxes[before].checked = true;
      };
      await send(element, place, told(), undo);
    }),
  );
  return group("radiogroup", element, place, boxes, told);
}

function group(role, element, place, boxes, told) {
  const node = h("div", { class: "bk-choices", role, ...named(element, place, { isGroup: true }) });
  element.options.forEach((option, at) => node.append(choice(option, boxes[at], place.context)));
  remember(node, filed(element, place), () => ({ type: element.type, ...told() }));
  return node;
}

function choice(option, box, context) {
  const description = option.description ? h("small", {}, textNodes(option.description, context)) : null;
  return h("label", { class: "bk-choice" }, box, h("span", {}, h("span", {}, textNodes(option.text, context)), description));
}
