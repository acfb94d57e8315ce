// Formats times in the zone and locale of the page's person.

/** The time of a message's ts, such as "1772416800.097618". */
export function momentOf(ts) {
  return new Date(Number(ts) * 1000);
}

/** 10:05, or 10:05 PM. */
export function clockTime(moment, person) {
  return format(moment, person, { hour: "numeric", minute: "2-digit" });
}

/** With seconds, for the wire. */
export function exactTime(moment, person) {
  return format(moment, person, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

/** Monday 2 March, for the line between days. */
export function dayName(moment, person) {
  return format(moment, person, { weekday: "long", day: "numeric", month: "long" });
}

/** Date and time in full, for a tooltip. */
export function wholeTime(moment, person) {
  return format(moment, person, { dateStyle: "full", timeStyle: "long" });
}

/** Mon, 2 Mar, 10:05. */
export function shortTime(moment, person) {
  return format(moment, person, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
}

const formatters = new Map();

function format(moment, { locale, tz }, options) {
  const key = JSON.stringify([locale, tz, options]);
  if (!formatters.has(key)) formatters.set(key, new Intl.DateTimeFormat(locale, { timeZone: tz, ...options }));
  return formatters.get(key).format(moment);
}
