// Draws avatars: a square with an initial for people, and a panda for the bot.

import { h } from "./dom.js";

const PANDA = new URL("../panda.svg", import.meta.url).pathname;

/** The bot's picture. Screen readers skip it, as the name stands beside it. */
export function panda(props = {}) {
  return h("img", { src: PANDA, alt: "", ...props });
}

/** The avatar of a message's author. */
export function avatar(user) {
  const sign = user?.is_bot ? panda() : (user?.real_name ?? "?").slice(0, 1);
  return h("div", { class: `avatar ${user?.name ?? ""}`, "aria-hidden": "true" }, sign);
}
