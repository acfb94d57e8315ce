// The functions that draw blocks and elements, by type. The rare ones are loaded once a message needs one.

import { h } from "../app/dom.js";

export const BLOCKS = new Map();
export const ELEMENTS = new Map();
let isComplete = false;

/** Register functions by type, {type: draw(block or element, place)}. */
export function add(drawers, added) {
  for (const [type, draw] of Object.entries(added)) drawers.set(type, draw);
}

/** All functions are registered: from now on a type without one is unknown. */
export function complete() {
  isComplete = true;
}

/** The function for a type; or one that draws a placeholder, which `again()` replaces once the rare ones are loaded. */
export function drawerOf(drawers, type, again) {
  return drawers.get(type) ?? (isComplete ? null : () => placeFor(again));
}

function placeFor(again) {
  const place = h("span", { "aria-busy": "true" });
  import("./rare.js")
    .catch(complete) // the demo has ended: rare types are shown as unsupported
    .then(() => place.replaceWith(again()));
  return place;
}
