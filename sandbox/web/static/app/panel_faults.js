// The Faults tab: a switch for each fault that happens in production.

import { h } from "./dom.js";
import { say } from "./words.js";

export function faultsTab(page) {
  const { store, socket } = page;
  const body = h("div", { class: "faults" });
  const boxes = new Map();
  const build = () => {
    boxes.clear();
    const sides = [...new Set(store.state.faults.map((one) => one.side))];
    body.replaceChildren(
      h("p", { class: "about" }, say("Break a service and see how the bot copes.")),
      ...sides.map((side) => h("fieldset", {}, h("legend", {}, side), store.state.faults.filter((one) => one.side === side).map(line))),
    );
  };
  const line = (fault) => {
    const box = h("input", {
      type: "checkbox",
      role: "switch",
      id: `fault-${fault.name}`,
      onchange: (event) => socket.send("fault", { name: fault.name, on: event.target.checked }),
    });
    boxes.set(fault.name, box);
    box.checked = fault.on;
    return h("label", { class: "switch", for: box.id }, box, h("span", {}, say(fault.words)));
  };
  store.on("hello", build);
  build();
  store.on("faults", () => {
    for (const one of store.state.faults) if (boxes.has(one.name)) boxes.get(one.name).checked = one.on;
  });
  return { body };
}
