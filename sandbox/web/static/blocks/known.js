// Which function draws which type: the common ones from the beginning, the rare ones once a message needs one.

import { h } from "../app/dom.js";

export const BLOCKS = new Map();
export const ELEMENTS = new Map();
let isComplete = false;

/** Add functions by type, {type: draw(block or element, place)}. */
export function add(known, drawn) {
  for (const [type, draw] of Object.entries(drawn)) known.set(type, draw);
}

/** From now on a type without a function is an unknown one. */
export function complete() {
  isComplete = true;
}

/** What draws this type; or a function that leaves a place and fills it by `again()` when the rare ones have come. */
export function drawerOf(known, type, again) {
  return known.get(type) ?? (isComplete ? null : () => placeFor(again));
}

function placeFor(again) {
  const place = h("span", { "aria-busy": "true" });
  import("./rare.js")
    .catch(complete) // the demo has gone: what is not there is shown as unsupported
    .then(() => place.replaceWith(again()));
  return place;
}
