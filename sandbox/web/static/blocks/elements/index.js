// Draws an element by its type. The functions for common elements are here.

import { add, drawerOf, ELEMENTS } from "../registry.js";
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
 * The node of an element. `place` is {blockId, context}, and in an input block also `input`:
 * {labelId, controlId, describedBy, isRequired, dispatches}.
 */
export function drawElement(element, place) {
  const draw = drawerOf(ELEMENTS, element?.type, () => drawElement(element, place));
  return draw ? draw(element, place) : unsupported("element", element);
}

/** Whether an element consists of several controls, which a label cannot name. */
export function isGroup(element) {
  return element.type === "checkboxes" || element.type === "radio_buttons";
}
