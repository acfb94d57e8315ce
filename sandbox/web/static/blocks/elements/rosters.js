// The people and channels of the workspace as options of a menu.

/** Everybody, by name. */
export function peopleOptions(context) {
  return sorted(
    Object.entries(context.users ?? {}).map(([value, user]) => ({
      value,
      text: user.real_name || user.name || value,
      is_bot: user.is_bot,
    })),
  );
}

/** All channels, by name. */
export function channelOptions(context) {
  return sorted(Object.entries(context.channels ?? {}).map(([value, channel]) => ({ value, text: `#${channel.name ?? value}` })));
}

/** Channels and then people, as the element's filter allows. */
export function conversationOptions(context, filter = {}) {
  const includes = (...kinds) => !filter.include || kinds.some((kind) => filter.include.includes(kind));
  const people = peopleOptions(context).filter((one) => !(filter.exclude_bot_users && one.is_bot));
  return [...(includes("public", "private") ? channelOptions(context) : []), ...(includes("im", "mpim") ? people : [])];
}

function sorted(options) {
  return options.sort((one, other) => one.text.localeCompare(other.text));
}
