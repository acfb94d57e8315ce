// Squares with a sign: pictures of people who do not exist, and of the bot.

import { h } from "./dom.js";

const PANDA = new URL("../panda.svg", import.meta.url).pathname;

/** The bot's face, with nothing for screen readers: its name stands beside it. */
export function panda(props = {}) {
  return h("img", { src: PANDA, alt: "", ...props });
}

/** Whose words stand beside it. */
export function avatar(user) {
  const sign = user?.is_bot ? panda() : (user?.real_name ?? "?").slice(0, 1);
  return h("div", { class: `avatar ${user?.name ?? ""}`, "aria-hidden": "true" }, sign);
}
