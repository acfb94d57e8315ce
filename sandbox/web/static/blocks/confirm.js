// The dialog that asks before an action goes out.

import { freshId, h } from "../app/dom.js";
import { textNodes } from "./mrkdwn.js";
import { plainText } from "./text.js";

/** Ask the person; a promise of whether they agree. Escape means no. */
export function agreed(confirm, context) {
  return new Promise((resolve) => {
    const heading = freshId("bk-confirm");
    const yes = h(
      "button",
      { type: "submit", value: "yes", class: `bk-button ${confirm.style === "danger" ? "bk-danger" : "bk-primary"}` },
      plainText(confirm.confirm) || "Yes",
    );
    const no = h("button", { type: "submit", value: "no", class: "bk-button" }, plainText(confirm.deny) || "No");
    const dialog = h(
      "dialog",
      { class: "bk-confirm", "aria-labelledby": heading },
      h(
        "form",
        { method: "dialog" },
        h("h2", { id: heading }, plainText(confirm.title) || "Are you sure?"),
        h("div", { class: "bk-text" }, textNodes(confirm.text, context)),
        h("div", { class: "bk-actions" }, no, yes),
      ),
    );
    dialog.addEventListener("close", () => {
      dialog.remove();
      resolve(dialog.returnValue === "yes");
    });
    document.body.append(dialog);
    dialog.showModal();
  });
}
