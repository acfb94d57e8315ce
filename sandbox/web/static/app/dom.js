// Makes elements. Attributes are set only here, so that no text can become markup.

/** An element. Props are attributes, `on*` listeners; `null`, `undefined` and `false` are left out. */
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

/** A button; give `aria-label` where the visible text is an icon. */
export function button(text, onclick, props = {}) {
  return h("button", { type: "button", onclick, ...props }, text);
}

/** Wrap a function so that it works at the first call only; each call returns the same promise. */
export function onlyOnce(work) {
  let done = null;
  return (...given) => (done ??= work(...given));
}

/** Add one of our stylesheets to the page and wait for it, so that nothing is shown unstyled. */
export function stylesheet(name) {
  const { pathname } = new URL(`../style/${name}.css`, import.meta.url);
  return new Promise((resolve) => document.head.append(h("link", { rel: "stylesheet", href: pathname, onload: resolve, onerror: resolve })));
}

let numbers = 0;

/** An id that is unique on the page. */
export function freshId(prefix) {
  numbers += 1;
  return `${prefix}-${numbers}`;
}
