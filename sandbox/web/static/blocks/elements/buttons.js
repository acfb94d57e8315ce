// Buttons: plain, with a link, with a sign, and the pair that asks for an opinion.

import { h } from "../../app/dom.js";
import { plainText, safeAddress } from "../text.js";
import { send } from "./common.js";

const STYLES = { primary: "bk-primary", danger: "bk-danger" };
const ICONS = { trash: "🗑️" };

/** A button; with a `url` a link that also tells the app. */
export function button(element, place) {
  const told = { text: element.text, value: element.value };
  const props = { class: `bk-button ${STYLES[element.style] ?? ""}`.trim(), "aria-label": element.accessibility_label };
  const address = safeAddress(element.url);
  if (address) return linkButton(element, place, address, props, told);
  return h("button", { type: "button", ...props, onclick: () => send(element, place, told) }, plainText(element.text));
}

function linkButton(element, place, address, props, told) {
  const follow = async (event) => {
    if (element.confirm) event.preventDefault();
    const sent = await send(element, place, told);
    if (sent && element.confirm) window.open(address, "_blank", "noopener,noreferrer");
  };
  return h("a", { ...props, href: address, target: "_blank", rel: "noopener noreferrer", onclick: follow }, plainText(element.text));
}

/** A button that starts a workflow: the workspace would, the app hears nothing; here it only says so. */
export function workflowButton(element) {
  const props = { type: "button", class: `bk-button ${STYLES[element.style] ?? ""}`.trim(), disabled: true };
  return h(
    "button",
    { ...props, title: "Workflows run in Slack only", "aria-label": element.accessibility_label },
    plainText(element.text),
  );
}

/** A small button with a sign before its words. */
export function iconButton(element, place) {
  const told = { value: element.value };
  const props = { type: "button", class: "bk-button bk-icon", "aria-label": element.accessibility_label };
  const sign = ICONS[element.icon] ? h("span", { "aria-hidden": "true" }, `${ICONS[element.icon]} `) : null;
  return h("button", { ...props, onclick: () => send(element, place, told) }, sign, plainText(element.text));
}

/** Thumbs up, thumbs down. */
export function feedbackButtons(element, place) {
  const one = (chosen, sign) =>
    h(
      "button",
      {
        type: "button",
        class: "bk-button",
        "aria-label": chosen.accessibility_label,
        onclick: () => send(element, place, { text: chosen.text, value: chosen.value }),
      },
      h("span", { "aria-hidden": "true" }, `${sign} `),
      plainText(chosen.text),
    );
  return h("span", { class: "bk-pair" }, one(element.positive_button, "👍"), one(element.negative_button, "👎"));
}
