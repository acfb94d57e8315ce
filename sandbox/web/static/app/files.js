// Files that a person attaches to a message or puts into a form: uploads, and pictures of products for who has none.

import { button, h } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./words.js";

const SIDE = 1024; // pixels; a larger picture is made smaller, and every picture becomes a PNG
const MOST = 2_500_000; // bytes; one message to the server has to hold them as text

/** What a form's file input needs: offered pictures, and a function that keeps a file and returns {id, name}. */
export function keeper({ store, socket }) {
  return {
    offered: store.state.pictures.map(({ id, name }) => ({ picture: id, label: say(name) })),
    keep: async (chosen) => (await socket.ask("keep_file", chosen instanceof Blob ? await uploaded(chosen) : { picture: chosen.picture })).file,
  };
}

async function uploaded(file) {
  const png = await asPng(file);
  const content = png ?? file;
  if (content.size > MOST) return { name: file.name, content: "" }; // the server says that it is too large
  const name = png ? file.name.replace(/(\.\w+)?$/, ".png") : file.name;
  return { name, content: await base64(content) };
}

/** A picture as the PNG that the stand-in can look at; null for any other file, which is sent as it is. */
async function asPng(file) {
  const bitmap = file.type.startsWith("image/") ? await createImageBitmap(file).catch(() => null) : null;
  if (!bitmap) return null;
  const scale = Math.min(1, SIDE / Math.max(bitmap.width, bitmap.height));
  const canvas = h("canvas", { width: Math.max(1, Math.round(bitmap.width * scale)), height: Math.max(1, Math.round(bitmap.height * scale)) });
  canvas.getContext("2d").drawImage(bitmap, 0, 0, canvas.width, canvas.height);
  return new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
}

function base64(blob) {
  return new Promise((resolve) => {
    const reader = new FileReader();
    reader.onload = () => resolve(reader.result.split(",")[1] ?? "");
    reader.readAsDataURL(blob);
  });
}

/** The files that wait to be sent with a message. `changed()` is called when there are more or fewer. */
export class Attached {
  files = [];

  constructor(page) {
    this.keeper = () => keeper(page);
    this.input = h("input", { type: "file", multiple: true, hidden: true, "aria-label": say("Attach a file"), onchange: () => this.#upload() });
    this.list = h("ul", { class: "attached", "aria-label": say("Files to send") });
    this.element = h("div", {}, this.list, this.input);
  }

  /** The entries of the menu: upload, and the offered pictures. */
  entries() {
    const { offered } = this.keeper();
    const upload = { label: say("Upload a file…"), choose: () => this.input.click() };
    return [upload, ...offered.map((one) => ({ label: one.label, hint: say("a picture to try"), choose: () => this.#add(one) }))];
  }

  take() {
    const ids = this.files.map((file) => file.id);
    this.files = [];
    this.#draw();
    return ids;
  }

  async #upload() {
    for (const file of [...this.input.files]) await this.#add(file);
    this.input.value = "";
  }

  async #add(chosen) {
    const file = await this.keeper().keep(chosen);
    if (file) this.files.push(file);
    this.#draw();
  }

  #remove(file) {
    this.files = this.files.filter((one) => one !== file);
    this.#draw();
  }

  #draw() {
    this.list.replaceChildren(...this.files.map((file) => h("li", {}, shownFile(file), button(icon("close"), () => this.#remove(file), { "aria-label": say("Remove {name}", { name: file.name }) }))));
  }
}

/** A file as Slack shows it: a picture, or a line with its name. */
export function shownFile(file) {
  const address = `/shared/${encodeURIComponent(file.id)}`;
  if (file.mimetype?.startsWith("image/")) return h("img", { class: "shared-picture", src: address, alt: file.name, title: file.name, loading: "lazy" });
  return h("span", { class: "shared-file" }, `📎 ${file.name}`);
}
