// Keeps typed values when the app updates a view, as Slack does for inputs with the same block_id and action_id.

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

/** The blocks with the typed values as initial values. */
export function withTypedValues(blocks, typed) {
  return blocks.map((block) => {
    const state = block.element && typed[block.block_id]?.[block.element.action_id];
    if (!state) return block;
    const initial = Object.entries(INITIAL).filter(([name]) => state[name] !== undefined && state[name] !== null);
    return { ...block, element: { ...block.element, ...Object.fromEntries(initial.map(([name, as]) => [as, state[name]])) } };
  });
}
