// Converts between Unix time and the local time of a zone.

const FIELDS = { year: "numeric", month: "2-digit", day: "2-digit", hour: "2-digit", minute: "2-digit", hourCycle: "h23" };

/** Unix seconds as "2026-03-02T10:05" in this zone. */
export function wallClock(seconds, timeZone) {
  const parts = new Intl.DateTimeFormat("en-CA", { timeZone, ...FIELDS }).formatToParts(new Date(seconds * 1000));
  const part = Object.fromEntries(parts.map(({ type, value }) => [type, value]));
  return `${part.year}-${part.month}-${part.day}T${part.hour}:${part.minute}`;
}

/** The Unix seconds at which this zone's clock shows "2026-03-02T10:05". For a skipped hour, a time close to it. */
export function atWallClock(text, timeZone) {
  const wanted = Date.parse(`${text}Z`) / 1000;
  let seconds = wanted;
  // Twice, because near a change of clocks the first guess may have the wrong offset.
  for (let turn = 0; turn < 2; turn += 1) seconds += wanted - Date.parse(`${wallClock(seconds, timeZone)}Z`) / 1000;
  return seconds;
}
