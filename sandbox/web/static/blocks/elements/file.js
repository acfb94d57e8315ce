// Draws the input for files: the browser's own choice, and pictures that the context offers for who has none at hand.

import { button, h } from "../../app/dom.js";
import { remember } from "../state.js";
import { filed, named } from "./common.js";

const MOST = 10; // files, unless the element says fewer

/** A choice of files. The context keeps them and gives each an id; without one, the app gets none. */
export function fileInput(element, place) {
  const { files } = place.context;
  const most = element.max_files ?? MOST;
  let chosen = [];
  const list = h("ul", { class: "bk-files", "aria-live": "polite" });
  const draw = () => list.replaceChildren(...chosen.map((file) => h("li", {}, `📎 ${file.name}`)));
  const add = async (one) => {
    const file = await files.keep(one);
    if (file) chosen = [...chosen, file].slice(-most);
    draw();
  };
  const upload = async () => {
    if (files) for (const file of [...node.files]) await add(file);
  };
  const accept = element.filetypes?.map((one) => `.${one}`).join(",");
  const node = h("input", { type: "file", class: "bk-type", accept, multiple: most > 1, onchange: upload, ...named(element, place) });
  const offered = (files?.offered ?? []).map((one) => button(one.label, () => add(one), { class: "bk-offered" }));
  const whole = h("div", { class: "bk-file-input" }, node, offered.length ? h("div", { class: "bk-offers" }, offered) : null, list);
  remember(whole, filed(element, place), () => ({ type: element.type, files: chosen.map(({ id, name }) => ({ id, name })) }));
  return whole;
}
