// Draws plans and their tasks.

import { h, unseen } from "../app/dom.js";
import { richText } from "./rich_text.js";
import { link, plainText } from "./text.js";
import { unsupported } from "./unsupported.js";

const STATES = {
  pending: ["○", "Pending"],
  in_progress: ["◐", "In progress"],
  complete: ["✓", "Complete"],
  error: ["✕", "Failed"],
};

/** A plan: a title and its tasks in order. */
export function plan(block, place) {
  const tasks = (block.tasks ?? []).map((one) =>
    h("li", {}, one.type && one.type !== "task_card" ? unsupported("block", one) : taskCard(one, place)),
  );
  return h(
    "section",
    { class: "bk-plan", "aria-label": plainText(block.title) },
    h("strong", {}, plainText(block.title)),
    h("ol", { class: "bk-tasks" }, tasks),
  );
}

/** One task with its state, details, output and sources. */
export function taskCard(block, place) {
  const [sign, word] = STATES[block.status] ?? ["○", block.status ?? "Unknown"];
  return h(
    "div",
    { class: `bk-task bk-task-${STATES[block.status] ? block.status : "pending"}` },
    h(
      "div",
      { class: "bk-task-title" },
      h("span", { class: "bk-task-sign", "aria-hidden": "true" }, sign),
      unseen(`${word}: `),
      plainText(block.title),
    ),
    block.details ? richText(block.details, place) : null,
    block.output ? richText(block.output, place) : null,
    block.sources?.length
      ? h(
          "div",
          { class: "bk-sources" },
          block.sources.flatMap((one) => [link(one.url, one.text || one.url), " "]),
        )
      : null,
  );
}
