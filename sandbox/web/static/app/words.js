// The language of the page's own words: that of the browser, or `?lang=` in the address. English words are the keys.

const LANGUAGES = ["en", "zh", "th"];
const wanted = new URLSearchParams(location.search).get("lang") ?? navigator.language;

/** The page's language: en, zh or th. */
export const language = LANGUAGES.find((one) => wanted.toLowerCase().startsWith(one)) ?? "en";
document.documentElement.lang = language === "zh" ? "zh-CN" : language;

const table = language === "en" ? {} : (await import(`./words_${language}.js`)).default;

/** A sentence in the page's language, its {slots} filled in. A sentence without a translation stays English. */
export function say(english, values = {}) {
  return (table[english] ?? english).replace(/\{(\w+)\}/g, (slot, name) => values[name] ?? slot);
}

/** One of two sentences with {n}, by the number. Chinese and Thai have one form for both. */
export function sayMany(n, one, other) {
  return say(n === 1 && language === "en" ? one : other, { n });
}
