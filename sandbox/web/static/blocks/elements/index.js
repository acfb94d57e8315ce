// Draws an element: finds what draws its type. The elements that nearly every message has are here.

import { add, drawerOf, ELEMENTS } from "../known.js";
import { picture } from "../pictures.js";
import { textNodes } from "../mrkdwn.js";
import { unsupported } from "../unsupported.js";
import { button } from "./buttons.js";
import { overflow } from "./overflow.js";

add(ELEMENTS, {
  button,
  overflow,
  image: (element) => picture(element, "bk-thumb"),
  mrkdwn: (element, { context }) => textNodes(element, context),
  plain_text: (element, { context }) => textNodes(element, context),
});

/**
 * The node of an element. `place` says where it stands: {blockId, context}, and in an input block `input`:
 * {labelId, controlId, describedBy, isRequired, dispatches}.
 */
export function drawElement(element, place) {
  const draw = drawerOf(ELEMENTS, element?.type, () => drawElement(element, place));
  return draw ? draw(element, place) : unsupported("element", element);
}

/** Elements that hold several controls are named by a legend, the others by a label. */
export function isGroup(element) {
  return element.type === "checkboxes" || element.type === "radio_buttons";
}
