// Draws Slack's Block Kit as messages need it: what is rare in them is loaded with the first message that has it.

import { drawBlock } from "./blocks.js";

export { renderMrkdwn } from "./mrkdwn.js";
export { readState } from "./state.js";

/**
 * The nodes of a message's, modal's or App Home's blocks.
 *
 * `context` has `users` {id: {name, real_name}}, `channels` {id: {name, kind}} with Slack's `public`, `private` or `im`,
 * `locale`, `timeZone`, `now()` (milliseconds, for "today"; the real time without it), `surface`, `heading` (the level
 * of a heading; 3), `act(action)`, which gets what was pressed or chosen in Slack's shape, and `options(block_id,
 * action_id, query)`, which asks the app for a menu's options.
 */
export function renderBlocks(blocks, context) {
  const found = document.createDocumentFragment();
  found.append(...(blocks ?? []).map((block, at) => drawBlock(block, context, at)));
  return found;
}
