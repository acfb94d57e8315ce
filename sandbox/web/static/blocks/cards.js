// Draws cards and carousels, alerts and containers.

import { h, unseen } from "../app/dom.js";
import { drawElement } from "./elements/index.js";
import { textNodes } from "./mrkdwn.js";
import { picture } from "./pictures.js";
import { richText } from "./rich_text.js";
import { plainText } from "./text.js";

const LEVELS = { info: "Information", warning: "Warning", error: "Error", success: "Success" };
const SIGNS = { info: "ℹ", warning: "⚠", error: "✕", success: "✓" };

/** A card: pictures, title, text and buttons. */
export function card(block, place) {
  const { context } = place;
  const line = (name, object) => (object ? h("div", { class: `bk-text ${name}` }, textNodes(object, context)) : null);
  return h(
    "div",
    { class: "bk-card", role: "group", "aria-label": plainText(block.title) || "Card" },
    block.hero_image ? picture(block.hero_image, "bk-hero") : null,
    h(
      "div",
      { class: "bk-card-head" },
      block.icon ? picture(block.icon, "bk-thumb") : null,
      h("div", {}, line("bk-card-title", block.title), line("bk-muted", block.subtitle)),
    ),
    line("", block.body),
    line("bk-muted", block.subtext),
    block.actions?.length
      ? h(
          "div",
          { class: "bk-actions" },
          block.actions.map((one) => drawElement(one, place)),
        )
      : null,
  );
}

/** Cards side by side, which scroll horizontally. */
export function carousel(block, place) {
  const count = block.elements?.length ?? 0;
  const cards = (block.elements ?? []).map((one) =>
    h("div", { role: "listitem" }, card(one, one.block_id ? { ...place, blockId: one.block_id } : place)),
  );
  return h(
    "div",
    { class: "bk-carousel", role: "region", tabindex: "0", "aria-label": `${count} cards` },
    h("div", { class: "bk-cards", role: "list" }, cards),
  );
}

/** A line with a level. The level is also given in words, as colour alone is not enough. */
export function alert(block, { context }) {
  const word = LEVELS[block.level];
  const sign = word ? [h("span", { "aria-hidden": "true" }, SIGNS[block.level]), unseen(`${word}: `)] : null;
  return h(
    "div",
    { class: `bk-alert ${word ? `bk-level-${block.level}` : ""}`.trim(), role: "note" },
    sign,
    h("div", { class: "bk-text" }, textNodes(block.text, context)),
  );
}

/** A frame around other blocks, which folds if the app lets it. `drawBlock` draws the blocks inside. */
export function container(block, place, drawBlock) {
  const head = [
    block.icon ? picture(block.icon, "bk-thumb") : null,
    h(
      "span",
      {},
      block.rich_text_title ? richText(block.rich_text_title, place) : h("strong", {}, plainText(block.title)),
      block.subtitle ? h("div", { class: "bk-muted" }, textNodes(block.subtitle, place.context)) : null,
    ),
  ];
  const inside = h(
    "div",
    { class: "bk-inside" },
    (block.child_blocks ?? []).map((one) => drawBlock(one, place.context)),
  );
  const name = { class: "bk-container", "aria-label": plainText(block.title) || null };
  if (!block.is_collapsible) return h("section", name, h("div", { class: "bk-card-head" }, head), inside);
  return h("details", { ...name, open: !block.default_collapsed }, h("summary", { class: "bk-card-head" }, head), inside);
}
