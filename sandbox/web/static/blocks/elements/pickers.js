// Dates and times, in the browser's own pickers.

import { h } from "../../app/dom.js";
import { remember } from "../state.js";
import { filed, named, send } from "./common.js";
import { atWallClock, wallClock } from "./zones.js";

const MINUTE = 60;

/** A day, YYYY-MM-DD. */
export function datePicker(element, place) {
  return picker(element, place, "date", element.initial_date, (value) => ({ selected_date: value || null }));
}

/** A time of day, HH:mm. */
export function timePicker(element, place) {
  const node = picker(element, place, "time", element.initial_time, (value) => ({ selected_time: value || null }));
  return element.timezone ? h("span", { class: "bk-pair" }, node, h("small", {}, element.timezone)) : node;
}

/** A moment, Unix seconds; it is picked as the reader's clock shows it. */
export function dateTimePicker(element, place) {
  const { timeZone } = place.context;
  const initial = element.initial_date_time ? wallClock(element.initial_date_time, timeZone) : "";
  return picker(element, place, "datetime-local", initial, (value) => ({
    selected_date_time: value ? atWallClock(value, timeZone) : null,
  }));
}

function picker(element, place, type, initial, told) {
  const node = h("input", {
    type,
    class: "bk-picker",
    value: initial ?? "",
    step: type === "date" ? null : MINUTE,
    ...named(element, place),
  });
  let kept = node.value;
  node.addEventListener("change", async () => {
    const before = kept;
    kept = node.value;
    await send(element, place, told(node.value), () => (node.value = kept = before));
  });
  remember(node, filed(element, place), () => ({ type: element.type, ...told(node.value) }));
  return node;
}
