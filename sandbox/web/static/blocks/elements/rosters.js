// The people and channels of the workspace as options of a menu.

/** All people, by name. */
export function peopleOptions(context) {
  return sorted(
    Object.entries(context.users ?? {}).map(([value, user]) => ({
      value,
      text: user.real_name || user.name || value,
      is_bot: user.is_bot,
    })),
  );
}

/** The public channels by name; Slack's menu of channels offers no others. */
export function channelOptions(context) {
  return channelsOf(context, ["public"]);
}

/** Channels and then people, as the element's filter allows. A direct conversation appears as its person. */
export function conversationOptions(context, filter = {}) {
  const kinds = filter.include ?? ["public", "private", "im", "mpim"];
  const people = peopleOptions(context).filter((one) => !(filter.exclude_bot_users && one.is_bot));
  return [...channelsOf(context, kinds), ...(kinds.includes("im") ? people : [])];
}

function channelsOf(context, kinds) {
  return sorted(
    Object.entries(context.channels ?? {})
      .filter(([, { kind = "public" }]) => kind !== "im" && kinds.includes(kind))
      .map(([value, { kind, name = value }]) => ({ value, text: kind === "private" ? `${name} (private)` : `#${name}` })),
  );
}

function sorted(options) {
  return options.sort((one, other) => one.text.localeCompare(other.text));
}
