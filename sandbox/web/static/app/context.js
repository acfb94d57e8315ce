// What the Block Kit renderer has to know: names, the reader's zone and locale, and where actions go.

const KINDS = { channel: "public" }; // where Slack's filters have another word than the page

/** A context for messages, modals or App Home. Headings in it stand one below the one that they are under. */
export function contextFor(store, surface, { act, options, heading = 3 }) {
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
  };
}
