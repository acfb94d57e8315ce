// Keeps what was typed when the app sends the same inputs again, as Slack does: by block id and action id.

const INITIAL = {
  value: "initial_value",
  selected_option: "initial_option",
  selected_options: "initial_options",
  selected_date: "initial_date",
  selected_time: "initial_time",
  selected_conversation: "initial_conversation",
  selected_channel: "initial_channel",
  selected_user: "initial_user",
};

/** The blocks with what was typed as their initial values. */
export function kept(blocks, typed) {
  return blocks.map((block) => {
    const state = block.element && typed[block.block_id]?.[block.element.action_id];
    if (!state) return block;
    const initial = Object.entries(INITIAL).filter(([name]) => state[name] !== undefined && state[name] !== null);
    return { ...block, element: { ...block.element, ...Object.fromEntries(initial.map(([name, as]) => [as, state[name]])) } };
  });
}
