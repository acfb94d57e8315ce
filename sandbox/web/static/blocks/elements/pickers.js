// Draws date and time pickers as the browser's own.

import { h } from "../../app/dom.js";
import { remember } from "../state.js";
import { filed, named, send } from "./common.js";
import { atWallClock, wallClock } from "./zones.js";

const MINUTE = 60;

/** A date, YYYY-MM-DD. */
export function datePicker(element, place) {
  return picker(element, place, "date", element.initial_date, (value) => ({ selected_date: value || null }));
}

/** A time of day, HH:mm. */
export function timePicker(element, place) {
  const node = picker(element, place, "time", element.initial_time, (value) => ({ selected_time: value || null }));
  return element.timezone ? h("span", { class: "bk-pair" }, node, h("small", {}, element.timezone)) : node;
}

/** A date and time in Unix seconds, picked in the reader's zone. */
export function dateTimePicker(element, place) {
  const { timeZone } = place.context;
  const initial = element.initial_date_time ? wallClock(element.initial_date_time, timeZone) : "";
  return picker(element, place, "datetime-local", initial, (value) => ({
    selected_date_time: value ? atWallClock(value, timeZone) : null,
  }));
}

function picker(element, place, type, initial, payload) {
  const node = h("input", {
    type,
    class: "bk-picker",
    value: initial ?? "",
    step: type === "date" ? null : MINUTE,
    ...named(element, place),
  });
  let current = node.value;
  node.addEventListener("change", async () => {
    const before = current;
    current = node.value;
    await send(element, place, payload(node.value), () => (node.value = current = before));
  });
  remember(node, filed(element, place), () => ({ type: element.type, ...payload(node.value) }));
  return node;
}
