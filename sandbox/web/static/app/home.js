// App Home: the view that the bot publishes for this person alone.

import { readState, renderBlocks } from "../blocks/index.js";
import { h } from "./dom.js";
import { contextFor } from "./context.js";
import { say } from "./words.js";

export function startHome(page, { heading, about }) {
  const { store, socket } = page;
  const body = h("div", { class: "home-body" });
  const element = h("section", { class: "home", "aria-label": "App Home", hidden: true }, body);
  document.getElementById("main").append(element);

  const draw = () => {
    if (store.place.kind !== "home") return;
    const view = store.state.home;
    if (!view) {
      body.replaceChildren(h("p", { class: "empty" }, say("pandabot has published nothing here yet.")));
      return;
    }
    const context = contextFor(store, "home", {
      heading: 2,
      act: (action) => socket.send("press", { view_id: view.id, action, state: readState(body) }),
      options: async (block_id, action_id, query) => (await socket.ask("options", { view_id: view.id, block_id, action_id, query })).options,
    });
    const scrolled = element.scrollTop;
    body.replaceChildren(renderBlocks(view.blocks, context));
    element.scrollTop = scrolled;
  };
  const show = () => {
    element.hidden = store.place.kind !== "home";
    if (element.hidden) return;
    heading.textContent = "App Home";
    about.textContent = say("pandabot, as {name} sees it", { name: store.me.real_name });
    draw();
    socket.send("open_home");
  };
  store.on("hello place", show);
  store.on("home users", draw);
  show();
}
