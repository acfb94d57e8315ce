// Draws the overflow menu (⋯). It opens in the top layer, so that it also works inside a modal.

import { freshId, h } from "../../app/dom.js";
import { icon } from "../../app/icons.js";
import { link, plainText, safeAddress } from "../text.js";
import { nameOf, send } from "./common.js";

const GAP = 4;

/** A button and its menu. Arrows move, Escape closes and returns the focus. */
export function overflow(element, place) {
  const id = freshId("bk-menu");
  const opener = h(
    "button",
    {
      type: "button",
      class: "bk-button bk-more",
      "aria-haspopup": "menu",
      "aria-expanded": "false",
      "aria-controls": id,
      "aria-label": nameOf(element),
    },
    icon("more"),
  );
  const items = element.options.map((option) => item(option, (chosen) => choose(chosen)));
  const menu = h(
    "div",
    { id, class: "bk-menu", role: "menu", popover: "auto", "aria-label": nameOf(element), onkeydown: (event) => move(event, items) },
    items,
  );
  const choose = (option) => {
    menu.hidePopover();
    send(element, place, { selected_option: option });
  };
  opener.addEventListener("click", () => {
    menu.togglePopover();
    if (menu.matches(":popover-open")) show(menu, opener, items);
  });
  menu.addEventListener("toggle", ({ newState }) => opener.setAttribute("aria-expanded", String(newState === "open")));
  return h("span", { class: "bk-overflow" }, opener, menu);
}

function item(option, choose) {
  const props = { class: "bk-menu-item", role: "menuitem", tabindex: "-1", onclick: () => choose(option) };
  const description = option.description ? h("small", {}, plainText(option.description)) : null;
  if (!safeAddress(option.url)) return h("button", { type: "button", ...props }, plainText(option.text), description);
  const entry = link(option.url, plainText(option.text), description);
  for (const [name, value] of Object.entries(props)) if (name !== "onclick") entry.setAttribute(name, value);
  entry.addEventListener("click", props.onclick);
  return entry;
}

function show(menu, opener, items) {
  const box = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  menu.style.left = `${Math.max(GAP, Math.min(box.right - width, innerWidth - width - GAP))}px`;
  menu.style.top = `${box.bottom + height + GAP < innerHeight ? box.bottom + GAP : Math.max(GAP, box.top - height - GAP)}px`;
  items[0]?.focus();
}

function move(event, items) {
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next === undefined) return;
  items[(next + items.length) % items.length].focus();
  event.preventDefault();
}
