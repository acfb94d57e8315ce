// Reads typed and chosen values in the shape of Slack's view.state.values, and shows errors beside their inputs.

const readers = new WeakMap();

/** Register `read()`, which returns this element's part of the state. */
export function remember(node, { blockId, actionId }, read) {
  node.dataset.bkState = actionId ?? "";
  readers.set(node, { blockId, actionId, read });
}

/** The state of all inputs below `root`: {block_id: {action_id: {type, …}}}. */
export function readState(root) {
  const values = {};
  for (const node of root.querySelectorAll("[data-bk-state]")) {
    const reader = readers.get(node);
    if (reader) (values[reader.blockId] ??= {})[reader.actionId] = reader.read();
  }
  return values;
}

/** Show these errors, {block_id: text}, and remove all others. The first input with an error gets the focus. */
export function showErrors(root, errors) {
  let first = null;
  for (const block of root.querySelectorAll(".bk-input")) {
    const error = errors?.[block.dataset.blockId] ?? "";
    block.querySelector(".bk-error").textContent = error;
    for (const control of block.querySelectorAll("input, select, textarea, summary")) {
      if (error) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      if (error) first ??= control;
    }
  }
  first?.focus();
}
