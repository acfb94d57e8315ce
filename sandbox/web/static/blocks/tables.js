// Draws tables, and charts as tables, whose figures can be read out, copied and searched.

import { freshId, h } from "../app/dom.js";
import { richText } from "./rich_text.js";
import { plainText } from "./text.js";
import { unsupported } from "./unsupported.js";

const ALIGNS = new Set(["left", "center", "right"]);

/** A table block: its first row is the head. */
export function table(block, place) {
  return framed("Table", rowsOf(block, place));
}

/** A data_table block: a table with a caption and a column of row headings. */
export function dataTable(block, place) {
  return framed(plainText(block.caption) || "Table", rowsOf(block, place), plainText(block.caption));
}

/** The figures of a chart: a row for each category and a column for each series, or a row for each segment. */
export function chart(block) {
  const { chart: drawn } = block;
  const rows = drawn?.segments ? segmentRows(drawn.segments) : drawn?.series ? seriesRows(drawn) : null;
  if (!rows) return unsupported("block", block);
  const title = plainText(block.title);
  return framed(
    title || "Chart",
    rows.map((row, at) =>
      h(
        "tr",
        {},
        row.map((text, column) => cellNode(at, column, 0, [String(text ?? "")])),
      ),
    ),
    title,
  );
}

function rowsOf(block, place) {
  const heading = block.type === "data_table" ? (block.row_header_column_index ?? -1) : -1;
  return (block.rows ?? []).map((row, at) =>
    h(
      "tr",
      {},
      row.map((cell, column) => cellNode(at, column, heading, cellContent(cell, place), block.column_settings?.[column])),
    ),
  );
}

function cellNode(row, column, heading, content, settings = {}) {
  const name = [ALIGNS.has(settings?.align) ? `bk-${settings.align}` : "", settings?.is_wrapped ? "bk-wrapped" : ""].join(" ").trim();
  const props = { class: name || null };
  if (row === 0) return h("th", { ...props, scope: "col" }, content);
  return column === heading ? h("th", { ...props, scope: "row" }, content) : h("td", props, content);
}

function cellContent(cell, place) {
  switch (cell?.type) {
    case "raw_text":
      return [plainText(cell.text)];
    case "raw_number":
      return [cell.text ?? String(cell.value)];
    case "rich_text":
      return [richText(cell, place)];
    default:
      return [unsupported("cell", cell)];
  }
}

// A wide table scrolls within its frame, also by keyboard.
function framed(name, [head, ...body], caption = "") {
  const id = freshId("bk-caption");
  const props = caption ? { "aria-labelledby": id } : { "aria-label": name };
  const node = h(
    "table",
    { class: "bk-table" },
    caption ? h("caption", { id }, caption) : null,
    h("thead", {}, head),
    h("tbody", {}, body),
  );
  return h("div", { class: "bk-wide", role: "region", tabindex: "0", ...props }, node);
}

function seriesRows({ series, axis_config: axes = {} }) {
  const labels = axes.categories ?? series[0]?.data.map((point) => point.label ?? point.x) ?? [];
  return [
    [axes.x_label ?? "", ...series.map((one) => one.name)],
    ...labels.map((label, at) => [label, ...series.map((one) => one.data[at]?.value ?? one.data[at]?.y)]),
  ];
}

function segmentRows(segments) {
  const whole = segments.reduce((sum, one) => sum + one.value, 0) || 1;
  return [["", "Value", "Share"], ...segments.map((one) => [one.label, one.value, `${Math.round((100 * one.value) / whole)}%`])];
}
