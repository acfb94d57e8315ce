// Makes elements: the one place that touches attributes, so that no text ever becomes markup.

/** An element. `on*` are listeners, `class` and `aria-*` attributes; `null`, `undefined` and `false` are left out. */
export function h(tag, props = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) {
    if (value === null || value === undefined || value === false) continue;
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (name === "dataset") Object.assign(element.dataset, value);
    else if (name === "value" || name === "checked") element[name] = value;
    else element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return element;
}

/** Text for screen readers only. */
export function unseen(text) {
  return h("span", { class: "unseen" }, text);
}

/** A button that does one thing. `label` is read out where the visible text is a sign. */
export function button(text, onclick, props = {}) {
  return h("button", { type: "button", onclick, ...props }, text);
}

/** A function that does its work at the first call only, and hands out the same promise ever after. */
export function onlyOnce(work) {
  let done = null;
  return (...given) => (done ??= work(...given));
}

/** Put a stylesheet of ours into the page, and wait for it: nothing shall be seen without its looks. */
export function stylesheet(name) {
  const { pathname } = new URL(`../style/${name}.css`, import.meta.url);
  return new Promise((resolve) => document.head.append(h("link", { rel: "stylesheet", href: pathname, onload: resolve, onerror: resolve })));
}

let numbers = 0;

/** An id that nothing else on the page has. */
export function freshId(prefix) {
  numbers += 1;
  return `${prefix}-${numbers}`;
}
