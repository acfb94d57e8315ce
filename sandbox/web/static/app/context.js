// The context that the Block Kit renderer needs: names, the reader's zone and locale, and functions for actions.

const KINDS = { channel: "public" }; // the page's kind of channel -> the word of Slack's filters

/** A context for messages, modals or App Home. `heading` is the level of header blocks. */
export function contextFor(store, surface, { act, options, files, heading = 3 }) {
  const { users, channels } = store.state;
  return {
    users,
    channels: Object.fromEntries(channels.map((one) => [one.id, { name: one.name, kind: KINDS[one.kind] ?? one.kind }])),
    locale: store.me.locale,
    timeZone: store.me.tz,
    now: () => store.now().getTime(),
    surface,
    heading,
    act,
    options,
    files,
  };
}
