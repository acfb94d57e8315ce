// Draws Slack's mrkdwn: fences and quotations, which take whole lines, and runs of inline text.

import { h } from "../app/dom.js";
import { inline, unstyled } from "./inline.js";
import { lines, plainText } from "./text.js";

const FENCE = /```([^]+?)```/g;
const QUOTE = /^(?:&gt;|>) ?/;
const REST = /(^|\n)(?:&gt;|>){3} ?/;

/** The nodes of a mrkdwn text. With Slack's option `verbatim` bare addresses stay text. */
export function renderMrkdwn(text, context, options = {}) {
  const found = document.createDocumentFragment();
  let from = 0;
  for (const fence of (text ?? "").matchAll(FENCE)) {
    const before = text.slice(from, fence.index);
    if (REST.test(before)) break;
    found.append(paragraphs(before.replace(/\n$/, ""), context, options), preformatted(fence[1], context));
    from = fence.index + fence[0].length;
    if (text[from] === "\n") from += 1;
  }
  found.append(tail((text ?? "").slice(from), context, options));
  return found;
}

/** The rest of a text, in which `>>>` quotes everything that follows, fences too. */
function tail(text, context, options) {
  const found = document.createDocumentFragment();
  const rest = REST.exec(text);
  if (!rest) {
    found.append(paragraphs(text, context, options));
    return found;
  }
  found.append(paragraphs(text.slice(0, rest.index), context, options));
  found.append(quote(renderMrkdwn(text.slice(rest.index + rest[0].length), context, options)));
  return found;
}

function paragraphs(text, context, options) {
  const found = document.createDocumentFragment();
  if (!text) return found;
  for (const [quoted, group] of groups(text.split("\n"))) {
    const nodes = inline(group.join("\n"), context, options);
    found.append(quoted ? quote(nodes) : nodes);
  }
  return found;
}

function groups(all) {
  const found = [];
  for (const line of all) {
    const quoted = QUOTE.test(line);
    if (found.at(-1)?.[0] !== quoted) found.push([quoted, []]);
    found.at(-1)[1].push(line.replace(QUOTE, ""));
  }
  return found;
}

function quote(nodes) {
  return h("blockquote", { class: "bk-quote" }, nodes);
}

function preformatted(text, context) {
  return h("pre", { class: "bk-pre" }, unstyled(text.replace(/^\n|\n$/g, ""), context));
}

/** The nodes of a text object. A bare string counts as plain text. */
export function textNodes(object, context) {
  if (object?.type === "mrkdwn") return renderMrkdwn(object.text, context, { verbatim: object.verbatim });
  const found = document.createDocumentFragment();
  found.append(...lines(plainText(object)));
  return found;
}
