// What has been typed and chosen, in the shape of Slack's view.state.values, and errors beside the inputs they are about.

const readers = new WeakMap();

/** Let `read()` tell this element's part of the state. */
export function remember(node, { blockId, actionId }, read) {
  node.dataset.bkState = actionId ?? "";
  readers.set(node, { blockId, actionId, read });
}

/** Everything below `root` that can be typed into or chosen from: {block_id: {action_id: {type, …}}}. */
export function readState(root) {
  const values = {};
  for (const node of root.querySelectorAll("[data-bk-state]")) {
    const known = readers.get(node);
    if (known) (values[known.blockId] ??= {})[known.actionId] = known.read();
  }
  return values;
}

/** Show these errors, {block_id: text}, and take away all others. The first wrong input gets the focus. */
export function showErrors(root, errors) {
  let first = null;
  for (const block of root.querySelectorAll(".bk-input")) {
    const wrong = errors?.[block.dataset.blockId] ?? "";
    block.querySelector(".bk-error").textContent = wrong;
    for (const control of block.querySelectorAll("input, select, textarea, summary")) {
      if (wrong) control.setAttribute("aria-invalid", "true");
      else control.removeAttribute("aria-invalid");
      if (wrong) first ??= control;
    }
  }
  first?.focus();
}
