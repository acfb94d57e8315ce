// What is not known is shown as such: a message must never lose a part in silence.

import { h } from "../app/dom.js";

/** A line that names what cannot be drawn, with its JSON to look into. */
export function unsupported(kind, what) {
  const type = String(what?.type ?? "(without a type)");
  return h(
    "details",
    { class: "bk-unsupported" },
    h("summary", {}, `Unsupported ${kind}: ${type}`),
    h("pre", { class: "bk-pre" }, JSON.stringify(what, null, 2) ?? String(what)),
  );
}
