// Draws Slack's Block Kit for messages. Code for rare blocks is loaded with the first message that has one.

import { drawBlock } from "./blocks.js";

export { renderMrkdwn } from "./mrkdwn.js";
export { readState } from "./state.js";

/**
 * The nodes of a message's, modal's or App Home's blocks.
 *
 * `context` has `users` {id: {name, real_name}}, `channels` {id: {name, kind}} with Slack's `public`, `private` or `im`,
 * `locale`, `timeZone`, `now()` (milliseconds; the real time without it), `surface`, `heading` (the level of header
 * blocks, 3 by default), `act(action)`, which is called with an action in Slack's shape, and `options(block_id,
 * action_id, query)`, which asks the app for a menu's options.
 */
export function renderBlocks(blocks, context) {
  const fragment = document.createDocumentFragment();
  fragment.append(...(blocks ?? []).map((block, at) => drawBlock(block, context, at)));
  return fragment;
}
