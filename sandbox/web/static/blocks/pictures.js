// Draws pictures and videos. A picture that does not load leaves its alternative text.

import { h } from "../app/dom.js";
import { link, plainText, safeAddress } from "./text.js";

// The address of the demo's goods does not exist, so this page's own server draws their pictures.
const DRAWN_HERE = "https://pictures.pandapon.example/";

/** A picture of this class. A file of Slack has no address here, so its alternative text is shown. */
export function picture(image, name) {
  const address = safeAddress(image.image_url ?? image.slack_file?.url);
  const alt = image.alt_text ?? "";
  if (!address) return h("span", { class: "bk-no-picture" }, `Picture: ${alt || "without a description"}`);
  return h("img", { class: name, src: address.replace(DRAWN_HERE, "/"), alt, title: alt || null, loading: "lazy", referrerpolicy: "no-referrer" });
}

/** An image block, with its title above. */
export function image(block) {
  const title = plainText(block.title);
  return h("figure", { class: "bk-figure" }, title ? h("figcaption", {}, title) : null, picture(block, "bk-picture"));
}

/** A video as a link with its picture, title, author and description; the page plays nothing. */
export function video(block) {
  const title = plainText(block.title) || block.alt_text;
  const shown = block.thumbnail_url ? picture({ image_url: block.thumbnail_url, alt_text: block.alt_text }, "bk-picture") : null;
  const from = [block.author_name, block.provider_name].filter(Boolean).join(" · ");
  return h(
    "figure",
    { class: "bk-figure" },
    h("figcaption", {}, link(block.title_url ?? block.video_url, title)),
    from ? h("small", {}, from) : null,
    block.description ? h("p", {}, plainText(block.description)) : null,
    shown ? link(block.video_url, shown) : null,
  );
}

/** A file by its id; only Slack knows its address. */
export function file(block) {
  return h("p", { class: "bk-file" }, `File: ${block.external_id} (${block.source})`);
}
