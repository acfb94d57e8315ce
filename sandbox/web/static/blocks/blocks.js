// Draws a block by its type. The functions for common blocks are here.

import { h } from "../app/dom.js";
import { drawElement } from "./elements/index.js";
import { add, BLOCKS, drawerOf } from "./registry.js";
import { textNodes } from "./mrkdwn.js";
import { image, picture } from "./pictures.js";
import { plainText } from "./text.js";
import { unsupported } from "./unsupported.js";

add(BLOCKS, { section, header, context, divider: () => h("hr", { class: "bk-divider" }), actions, context_actions: actions, image });

/** The node of a block. An unknown or broken block is shown as unsupported. */
export function drawBlock(block, context, at = 0) {
  const draw = drawerOf(BLOCKS, block?.type, () => drawBlock(block, context, at));
  if (!draw) return unsupported("block", block);
  const blockId = block.block_id ?? `block-${at}`;
  try {
    const node = draw(block, { context, blockId });
    node.classList.add("bk-block");
    return node;
  } catch (error) {
    console.warn(`block ${block.type} cannot be drawn: ${error.message}`);
    return unsupported("block", block);
  }
}

function section(block, place) {
  const fields = block.fields?.map((one) => h("div", { class: "bk-text" }, textNodes(one, place.context)));
  const texts = [
    block.text ? h("div", { class: "bk-text" }, textNodes(block.text, place.context)) : null,
    fields?.length ? h("div", { class: "bk-fields" }, fields) : null,
  ];
  const beside = block.accessory ? h("div", { class: "bk-accessory" }, accessory(block.accessory, place)) : null;
  return h("div", { class: "bk-section" }, h("div", { class: "bk-said" }, texts), beside);
}

function accessory(element, place) {
  return element.type === "image" ? picture(element, "bk-side-picture") : drawElement(element, place);
}

// Its level is one below the heading of the page, pane or modal.
function header(block, { context }) {
  return h(`h${context.heading ?? 3}`, { class: "bk-header" }, plainText(block.text));
}

function context(block, place) {
  return h(
    "div",
    { class: "bk-context" },
    (block.elements ?? []).map((one) => h("span", { class: "bk-text" }, drawElement(one, place))),
  );
}

function actions(block, place) {
  return h(
    "div",
    { class: "bk-actions" },
    (block.elements ?? []).map((one) => drawElement(one, place)),
  );
}
