// Formats Slack's date tokens in the reader's zone and locale.

const DAY = 86_400_000;
const PART = {
  date_num: { year: "numeric", month: "2-digit", day: "2-digit" },
  date_slash: { year: "numeric", month: "2-digit", day: "2-digit" },
  date_long: { weekday: "long", year: "numeric", month: "long", day: "numeric" },
  date_long_full: { year: "numeric", month: "long", day: "numeric" },
  date: { month: "long", day: "numeric" },
  date_short: { year: "numeric", month: "short", day: "numeric" },
  day_divider: { weekday: "long", month: "long", day: "numeric" },
  time: { hour: "numeric", minute: "2-digit" },
  time_secs: { hour: "numeric", minute: "2-digit", second: "2-digit" },
};

/**
 * Fill in a pattern such as "{date_short_pretty} {time}"; null for an invalid time or an unknown token, for which Slack
 * shows the fallback. `seconds` is Unix time.
 */
export function formatDate(seconds, pattern, context) {
  const moment = new Date(seconds * 1000);
  if (!Number.isFinite(seconds) || Number.isNaN(moment.getTime())) return null;
  let known = true;
  const text = pattern.replace(/\{(\w+)\}/g, (_, token) => {
    const filled = fill(token, moment, context);
    known &&= filled !== null;
    return filled ?? "";
  });
  return known ? text : null;
}

/** Date and time in full, for a tooltip. */
export function wholeDate(seconds, context) {
  return formatter(context, { dateStyle: "full", timeStyle: "long" }).format(new Date(seconds * 1000));
}

function fill(token, moment, context) {
  if (token === "ago") return ago(moment, context);
  if (token === "date_num") return isoDay(moment, context);
  const base = token.replace(/_pretty$/, "");
  const part = PART[base];
  if (!part) return null;
  const near = token.endsWith("_pretty") ? relativeDay(moment, context) : null;
  return near ?? formatter(context, fitted(base, part, moment, context)).format(moment);
}

// A 24-hour clock shows 09:05, a 12-hour clock 9:05 AM. A divider leaves out the current year.
function fitted(base, part, moment, context) {
  if (part.hour) return { ...part, hour: formatter(context, part).resolvedOptions().hour12 ? "numeric" : "2-digit" };
  const isThisYear = isoDay(moment, context).slice(0, 4) === isoDay(now(context), context).slice(0, 4);
  return base === "day_divider" && !isThisYear ? { ...part, year: "numeric" } : part;
}

function relativeDay(moment, context) {
  const days = Math.round((Date.parse(isoDay(moment, context)) - Date.parse(isoDay(now(context), context))) / DAY);
  if (Math.abs(days) > 1) return null;
  return relative(context.locale, "auto").format(days, "day");
}

function ago(moment, context) {
  const seconds = Math.round((moment - now(context)) / 1000);
  const units = [
    ["day", 86_400],
    ["hour", 3600],
    ["minute", 60],
    ["second", 1],
  ];
  const [unit, length] = units.find(([, size]) => Math.abs(seconds) >= size) ?? units.at(-1);
  return relative(context.locale, "always").format(Math.trunc(seconds / length), unit);
}

/** The calendar day in the reader's zone, 2026-03-02. */
export function isoDay(moment, context) {
  return formatter({ ...context, locale: "en-CA" }, PART.date_num).format(moment);
}

function now(context) {
  const time = context.now?.();
  return time === undefined ? new Date() : new Date(time);
}

const formatters = new Map();

// Kept, as Intl's formatters are slow to make and a channel draws hundreds of dates.
function formatter({ locale, timeZone }, options) {
  return cached(JSON.stringify([locale, timeZone, options]), () => new Intl.DateTimeFormat(locale, { timeZone, ...options }));
}

function relative(locale, numeric) {
  return cached(`${locale} ${numeric}`, () => new Intl.RelativeTimeFormat(locale, { numeric }));
}

function cached(key, make) {
  if (!formatters.has(key)) formatters.set(key, make());
  return formatters.get(key);
}
