// What all interactive elements share: sending an action, asking first, names for screen readers.

import { agreed } from "../confirm.js";
import { plainText } from "../text.js";

const NAMES = {
  datepicker: "Date",
  timepicker: "Time",
  datetimepicker: "Date and time",
  overflow: "More",
  checkboxes: "Choices",
  radio_buttons: "Choices",
};

/**
 * Send what was done. A `confirm` asks first; who says no gets `undo` called and nothing is sent. Inputs of a modal
 * stay silent unless their block dispatches.
 */
export async function send(element, place, told, undo = () => {}) {
  if (place.input && !place.input.dispatches) return false;
  if (element.confirm && !(await agreed(element.confirm, place.context))) {
    undo();
    return false;
  }
  place.context.act?.({ type: element.type, block_id: place.blockId, action_id: element.action_id, ...told });
  return true;
}

/** Where an element's state is filed. */
export function filed(element, place) {
  return { blockId: place.blockId, actionId: element.action_id };
}

/** The attributes that name a control: its label in an input block, or its placeholder. */
export function named(element, place, { isGroup = false } = {}) {
  const { input } = place;
  const focus = element.focus_on_load ? { autofocus: true } : {};
  if (!input) return { ...focus, "aria-label": nameOf(element) };
  const described = { ...focus, "aria-describedby": input.describedBy };
  if (isGroup) return { ...described, "aria-labelledby": input.labelId };
  return { ...described, id: input.controlId, "aria-required": input.isRequired ? "true" : null };
}

/** What a control without a label is called. */
export function nameOf(element) {
  return plainText(element.placeholder) || NAMES[element.type] || "Choose";
}

/** An option's place in the list by its value, or -1. */
export function indexOf(options, chosen) {
  return chosen ? options.findIndex((one) => one.value === chosen.value) : -1;
}
