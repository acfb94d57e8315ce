// Draws buttons: plain ones, links, icon buttons, and feedback buttons.

import { h } from "../../app/dom.js";
import { plainText, safeAddress } from "../text.js";
import { send } from "./common.js";

const STYLES = { primary: "bk-primary", danger: "bk-danger" };
const ICONS = { trash: "🗑️" };

/** A button. With a `url` it is a link, and the app gets an action too. */
export function button(element, place) {
  const payload = { text: element.text, value: element.value };
  const props = { class: `bk-button ${STYLES[element.style] ?? ""}`.trim(), "aria-label": element.accessibility_label };
  const address = safeAddress(element.url);
  if (address) return linkButton(element, place, address, props, payload);
  return h("button", { type: "button", ...props, onclick: () => send(element, place, payload) }, plainText(element.text));
}

function linkButton(element, place, address, props, payload) {
  const follow = async (event) => {
    if (element.confirm) event.preventDefault();
    const sent = await send(element, place, payload);
    if (sent && element.confirm) window.open(address, "_blank", "noopener,noreferrer");
  };
  return h("a", { ...props, href: address, target: "_blank", rel: "noopener noreferrer", onclick: follow }, plainText(element.text));
}

/** A button that starts a workflow, which only Slack can do; here it is disabled and says so. */
export function workflowButton(element) {
  const props = { type: "button", class: `bk-button ${STYLES[element.style] ?? ""}`.trim(), disabled: true };
  return h(
    "button",
    { ...props, title: "Workflows run in Slack only", "aria-label": element.accessibility_label },
    plainText(element.text),
  );
}

/** A small button with an icon before its text. */
export function iconButton(element, place) {
  const payload = { value: element.value };
  const props = { type: "button", class: "bk-button bk-icon", "aria-label": element.accessibility_label };
  const sign = ICONS[element.icon] ? h("span", { "aria-hidden": "true" }, `${ICONS[element.icon]} `) : null;
  return h("button", { ...props, onclick: () => send(element, place, payload) }, sign, plainText(element.text));
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
