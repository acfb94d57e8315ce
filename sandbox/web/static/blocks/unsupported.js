// Shows unknown blocks and elements, so that no part of a message disappears silently.

import { h } from "../app/dom.js";

/** A line that names an unknown block or element, with its JSON. */
export function unsupported(kind, part) {
  const type = String(part?.type ?? "(without a type)");
  return h(
    "details",
    { class: "bk-unsupported" },
    h("summary", {}, `Unsupported ${kind}: ${type}`),
    h("pre", { class: "bk-pre" }, JSON.stringify(part, null, 2) ?? String(part)),
  );
}
