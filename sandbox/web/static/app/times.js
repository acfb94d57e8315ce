// Times as the person reads them: in the zone and locale of whoever one is.

/** The moment of a message id, "1772416800.097618". */
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

/** The whole of it, for a tooltip. */
export function wholeTime(moment, person) {
  return format(moment, person, { dateStyle: "full", timeStyle: "long" });
}

/** Mon, 2 Mar, 10:05. */
export function shortTime(moment, person) {
  return format(moment, person, { weekday: "short", day: "numeric", month: "short", hour: "numeric", minute: "2-digit" });
}

const made = new Map();

function format(moment, { locale, tz }, options) {
  const key = JSON.stringify([locale, tz, options]);
  if (!made.has(key)) made.set(key, new Intl.DateTimeFormat(locale, { timeZone: tz, ...options }));
  return made.get(key).format(moment);
}
