// A popup menu under a button: arrows move, Enter chooses, Escape closes and returns the focus.

import { button, h } from "./dom.js";

let open = null;

/** A button that opens a menu. `entries()` returns [{label, hint, choose}] when the menu is opened. */
export function menuButton(sign, label, entries, props = {}) {
  const opener = button(sign, () => toggle(opener, label, entries()), {
    "aria-haspopup": "menu",
    "aria-expanded": "false",
    "aria-label": label,
    title: label,
    ...props,
  });
  return opener;
}

function toggle(opener, label, entries) {
  const mine = open?.opener === opener;
  close();
  if (!mine && entries.length) show(opener, label, entries);
}

function show(opener, label, entries) {
  const items = entries.map((entry) =>
    h(
      "button",
      { type: "button", role: "menuitem", tabindex: "-1", class: "menu-item", onclick: () => { close(); entry.choose(); } },
      h("span", {}, entry.label),
      entry.hint ? h("span", { class: "menu-hint" }, entry.hint) : null,
    ),
  );
  const menu = h("div", { class: "menu", role: "menu", "aria-label": label, onkeydown: (event) => onKey(event, items) }, items);
  document.body.append(menu);
  place(menu, opener);
  opener.setAttribute("aria-expanded", "true");
  open = { menu, opener };
  items[0].focus();
  setTimeout(() => document.addEventListener("pointerdown", outside), 0);
}

function place(menu, opener) {
  const box = opener.getBoundingClientRect();
  const { offsetWidth: width, offsetHeight: height } = menu;
  // Aligned with the left edge of its button, or with the right edge if there is no room.
  const left = box.left + width + 8 <= innerWidth ? box.left : box.right - width;
  menu.style.left = `${Math.max(8, left)}px`;
  menu.style.top = `${box.bottom + height + 8 < innerHeight ? box.bottom + 4 : Math.max(8, box.top - height - 4)}px`;
}

function onKey(event, items) {
  const at = items.indexOf(document.activeElement);
  const next = { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: items.length - 1 }[event.key];
  if (next !== undefined) items[(next + items.length) % items.length].focus();
  else if (event.key === "Escape" || event.key === "Tab") close();
  else return;
  event.preventDefault();
}

function outside(event) {
  if (open && !open.menu.contains(event.target) && !open.opener.contains(event.target)) close(false);
}

function close(giveFocus = true) {
  if (!open) return;
  const { menu, opener } = open;
  open = null;
  document.removeEventListener("pointerdown", outside);
  menu.remove();
  opener.setAttribute("aria-expanded", "false");
  if (giveFocus && opener.isConnected) opener.focus();
}
