// Shared by all interactive elements: sending an action, confirmation, names for screen readers.

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
 * Send an action. If the person denies the element's `confirm` dialog, `undo` is called and nothing is sent. Inputs of
 * a modal send nothing unless their block has `dispatch_action`.
 */
export async function send(element, place, payload, undo = () => {}) {
  if (place.input && !place.input.dispatches) return false;
  if (element.confirm && !(await agreed(element.confirm, place.context))) {
    undo();
    return false;
  }
  place.context.act?.({ type: element.type, block_id: place.blockId, action_id: element.action_id, ...payload });
  return true;
}

/** The ids under which an element's state is found. */
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

/** The name of a control without a label. */
export function nameOf(element) {
  return plainText(element.placeholder) || NAMES[element.type] || "Choose";
}

/** An option's place in the list by its value, or -1. */
export function indexOf(options, chosen) {
  return chosen ? options.findIndex((one) => one.value === chosen.value) : -1;
}
