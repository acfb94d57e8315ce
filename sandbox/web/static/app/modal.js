// Modals: a dialog with the topmost open view. Errors stand beside their inputs, and typed text survives an update.

import { readState, renderBlocks, showErrors } from "../blocks/index.js";
import { button, freshId, h } from "./dom.js";
import { contextFor } from "./context.js";
import { keeper } from "./files.js";
import { withTypedValues } from "./typed_values.js";
import { icon } from "./icons.js";
import { say } from "./words.js";

export function startModals(page) {
  const { store } = page;
  let shown = null; // {view, dialog, root}
  const draw = () => {
    const view = store.state.views.at(-1);
    const typed = shown && view && shown.view.id === view.id ? readState(shown.root) : {};
    if (shown && view && sameLook(shown.view, view)) {
      shown.view = view;
      mark(shown, view);
      return;
    }
    shown?.dialog.close();
    shown?.dialog.remove();
    shown = view ? open(page, view, typed) : null;
  };
  store.on("views hello", draw);
  draw();
}

/** Whether two views look the same but for their errors; then the dialog stays. */
function sameLook(one, other) {
  return one.id === other.id && JSON.stringify([one.blocks, one.title, one.submit]) === JSON.stringify([other.blocks, other.title, other.submit]);
}

function open(page, view, typed) {
  const { store, socket } = page;
  const root = h("div", { class: "modal-body" });
  const context = contextFor(store, "modal", {
    files: keeper(page),
    act: (action) => socket.send("press", { view_id: view.id, action, state: readState(root) }),
    options: async (block_id, action_id, query) => (await socket.ask("options", { view_id: view.id, block_id, action_id, query })).options,
  });
  root.append(renderBlocks(withTypedValues(view.blocks, typed), context));
  const heading = freshId("modal");
  const trouble = h("p", { class: "trouble", role: "alert" });
  const form = h(
    "form",
    {
      method: "dialog",
      novalidate: true,
      onsubmit: (event) => {
        event.preventDefault();
        busy(dialog, true);
        socket.send("submit", { view_id: view.id, values: readState(root) });
      },
    },
    head(page, view, heading),
    trouble,
    root,
    foot(page, view),
  );
  const dialog = h("dialog", { class: "modal", "aria-labelledby": heading, oncancel: (event) => { event.preventDefault(); close(page, view); } }, form);
  document.body.append(dialog);
  dialog.showModal();
  const shown = { view, dialog, root, trouble };
  mark(shown, view);
  (root.querySelector("textarea, input, select") ?? dialog.querySelector("button"))?.focus();
  return shown;
}

function head(page, view, id) {
  const depth = page.store.state.views.length;
  return h(
    "header",
    { class: "modal-head" },
    depth > 1 ? button(icon("back"), () => close(page, view), { "aria-label": say("Back") }) : null,
    h("h2", { id }, view.title?.text ?? ""),
    button(icon("close"), () => close(page, view, true), { "aria-label": say("Close") }),
  );
}

function foot(page, view) {
  return h(
    "footer",
    { class: "modal-foot" },
    button(view.close?.text ?? say("Close"), () => close(page, view)),
    view.submit ? h("button", { type: "submit", class: "primary" }, view.submit.text) : null,
  );
}

function close(page, view, everything = false) {
  page.socket.send("close_view", { view_id: view.id, everything });
}

function busy(dialog, isBusy) {
  const submit = dialog.querySelector("button[type=submit]");
  if (submit) submit.disabled = isBusy;
  dialog.setAttribute("aria-busy", String(isBusy));
}

function mark({ dialog, root, trouble }, view) {
  const { "": general = "", ...errors } = view.errors ?? {};
  busy(dialog, false);
  showErrors(root, errors);
  trouble.textContent = general;
}
