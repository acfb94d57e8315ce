// Draws an attachment, such as the preview of a link: its blocks, or Slack's older fields.

import { renderBlocks, renderMrkdwn } from "../blocks/light.js";
import { picture } from "../blocks/pictures.js";
import { link } from "../blocks/text.js";
import { h } from "./dom.js";

const COLOURS = { good: "#2eb67d", warning: "#ecb22e", danger: "#e01e5a" };

export function drawAttachment(one, context) {
  const node = h("blockquote", { class: "unfurl", "aria-label": one.app_unfurl_url ? `Preview of ${one.app_unfurl_url}` : "Attachment" });
  const colour = COLOURS[one.color] ?? (/^#?[0-9a-f]{6}$/i.test(one.color ?? "") ? `#${one.color.replace("#", "")}` : null);
  if (colour) node.style.borderLeftColor = colour;
  node.append(one.blocks?.length ? renderBlocks(one.blocks, context) : older(one, context));
  return node;
}

function older(one, context) {
  const fragment = document.createDocumentFragment();
  const lines = [
    one.pretext ? h("p", {}, renderMrkdwn(one.pretext, context)) : null,
    one.author_name ? h("small", {}, one.author_link ? link(one.author_link, one.author_name) : one.author_name) : null,
    one.title ? h("p", { class: "unfurl-title" }, one.title_link ? link(one.title_link, one.title) : one.title) : null,
    one.text ? h("div", {}, renderMrkdwn(one.text, context)) : null,
    ...(one.fields ?? []).map((field) => h("p", {}, h("strong", {}, field.title), h("br"), renderMrkdwn(field.value ?? "", context))),
    ...[one.image_url, one.thumb_url].filter(Boolean).map((url) => picture({ image_url: url, alt_text: one.title ?? one.fallback ?? "Picture" }, "bk-picture")),
    one.footer ? h("small", {}, one.footer) : null,
  ].filter(Boolean);
  // An attachment without any of these has at least its fallback.
  fragment.append(...(lines.length ? lines : [renderMrkdwn(one.fallback ?? "", context)]));
  return fragment;
}
