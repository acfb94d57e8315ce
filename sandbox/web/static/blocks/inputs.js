// Draws input blocks: label, control, hint and the place for an error.

import { freshId, h } from "../app/dom.js";
import { drawElement, isGroup } from "./elements/index.js";
import { plainText } from "./text.js";

/** An input block. A group of several controls is named by its label through aria-labelledby. */
export function input(block, { context, blockId }) {
  const ids = { label: freshId("bk-label"), control: freshId("bk-control"), hint: freshId("bk-hint"), error: freshId("bk-error") };
  const grouped = isGroup(block.element ?? {});
  const place = {
    context,
    blockId,
    input: {
      labelId: ids.label,
      controlId: ids.control,
      describedBy: `${ids.hint} ${ids.error}`,
      isRequired: !block.optional,
      dispatches: Boolean(block.dispatch_action),
    },
  };
  const label = [plainText(block.label), block.optional ? h("span", { class: "bk-optional" }, " (optional)") : null];
  return h(
    "div",
    { class: "bk-input", dataset: { blockId } },
    grouped
      ? h("div", { id: ids.label, class: "bk-label" }, label)
      : h("label", { id: ids.label, class: "bk-label", for: ids.control }, label),
    drawElement(block.element, place),
    h("p", { id: ids.hint, class: "bk-hint" }, plainText(block.hint)),
    h("p", { id: ids.error, class: "bk-error", role: "alert" }),
  );
}
