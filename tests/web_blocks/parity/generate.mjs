// Draws samples with somebody else's Block Kit renderer and tells the strings that one sees.
// Standard input: {"users": [...], "channels": [...], "samples": {name: blocks}}; standard output: {name: [string]}.

import { createElement } from "react";
import { renderToStaticMarkup } from "react-dom/server";
import { Message } from "slack-blocks-to-jsx";

const ENTITIES = { "&amp;": "&", "&lt;": "<", "&gt;": ">", "&quot;": '"', "&#x27;": "'", "&nbsp;": "\u00a0" };
const INLINE = new Set(["span", "strong", "b", "em", "i", "del", "s", "u", "code", "a", "time"]);
const HIDDEN = /<(svg|style|script)\b[^]*?<\/\1>/g;

const { users, channels, samples } = JSON.parse(await read(process.stdin));
const drawn = Object.fromEntries(Object.entries(samples).map(([name, blocks]) => [name, strings(draw(blocks))]));
process.stdout.write(JSON.stringify(drawn));

async function read(stream) {
  let text = "";
  for await (const part of stream.setEncoding("utf-8")) text += part;
  return text;
}

function draw(blocks) {
  const data = { users, channels, user_groups: [] };
  return renderToStaticMarkup(createElement(Message, { blocks, data, name: "", logo: "", time: new Date(0), withoutWrapper: true }));
}

// What stands between two tags of block kind is one string; white space counts for nothing.
function strings(html) {
  const found = [""];
  for (const [, tag, text] of html.replace(HIDDEN, "").matchAll(/<\/?([a-z0-9]+)[^>]*>|([^<]+)/g)) {
    if (text) found.push(found.pop() + text.replace(/&[#\w]+;/g, (one) => ENTITIES[one] ?? one));
    else if (!INLINE.has(tag)) found.push("");
  }
  return found.map((one) => one.split(/\s+/).filter(Boolean).join(" ")).filter(Boolean);
}
