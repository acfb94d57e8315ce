// Notes that are shown for a moment, and the note about a lost connection.

import { h } from "./dom.js";
import { say } from "./words.js";

const SHORTEST = 3000; // milliseconds
const PER_CHARACTER = 50; // milliseconds of reading time

export function startNotes(page) {
  const place = document.getElementById("notes");
  page.store.on("note", ({ text, bad, values }) => {
    const words = say(text, values);
    const note = h("p", { class: bad ? "note bad" : "note" }, words);
    place.append(note);
    setTimeout(() => note.remove(), Math.max(SHORTEST, words.length * PER_CHARACTER));
  });
  const lost = h("p", { class: "note bad" }, say("The demo does not answer. Is it still running? Trying again…"));
  return (isLost) => (isLost ? place.append(lost) : lost.remove());
}
