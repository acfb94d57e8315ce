// Sentences that stay for a moment, and the line that says the connection is lost.

import { h } from "./dom.js";

const SHORTEST = 3000; // milliseconds
const A_LETTER = 50; // milliseconds: the time to read it

export function startNotes(page) {
  const place = document.getElementById("notes");
  page.store.on("note", ({ text, bad }) => {
    const note = h("p", { class: bad ? "note bad" : "note" }, text);
    place.append(note);
    setTimeout(() => note.remove(), Math.max(SHORTEST, text.length * A_LETTER));
  });
  const lost = h("p", { class: "note bad" }, "The demo does not answer. Is it still running? Trying again…");
  return (isLost) => (isLost ? place.append(lost) : lost.remove());
}
