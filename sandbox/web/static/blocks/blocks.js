// All blocks by type.

import { h } from "../app/dom.js";
import { alert, card, carousel, container } from "./cards.js";
import { drawElement } from "./elements/index.js";
import { input } from "./inputs.js";
import { markdown } from "./markdown.js";
import { textNodes } from "./mrkdwn.js";
import { file, image, picture, video } from "./pictures.js";
import { richText } from "./rich_text.js";
import { chart, dataTable, table } from "./tables.js";
import { plan, taskCard } from "./tasks.js";
import { plainText } from "./text.js";
import { unsupported } from "./unsupported.js";

const DRAWN = new Map(
  Object.entries({
    section,
    header,
    context,
    divider: () => h("hr", { class: "bk-divider" }),
    actions,
    context_actions: actions,
    image,
    video,
    file,
    rich_text: richText,
    markdown,
    table,
    data_table: dataTable,
    data_visualization: chart,
    plan,
    task_card: taskCard,
    card,
    carousel,
    alert,
    container: (block, place) => container(block, place, drawBlock),
    input,
  }),
);

/** The node of a block. What is unknown, or so broken that it cannot be drawn, is shown as such. */
export function drawBlock(block, context, at = 0) {
  const draw = DRAWN.get(block?.type);
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
  const said = [
    block.text ? h("div", { class: "bk-text" }, textNodes(block.text, place.context)) : null,
    fields?.length ? h("div", { class: "bk-fields" }, fields) : null,
  ];
  const beside = block.accessory ? h("div", { class: "bk-accessory" }, accessory(block.accessory, place)) : null;
  return h("div", { class: "bk-section" }, h("div", { class: "bk-said" }, said), beside);
}

function accessory(element, place) {
  return element.type === "image" ? picture(element, "bk-side-picture") : drawElement(element, place);
}

// Under a message's head, which is no heading, and under a page's and a modal's second level.
function header(block) {
  return h("h3", { class: "bk-header" }, plainText(block.text));
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
