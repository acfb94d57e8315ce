// The demo's controls: time, what happens to orders, fault switches, the wire, and the recording.

import { button, freshId, h, unseen } from "./dom.js";
import { faultsTab } from "./panel_faults.js";
import { timeTab } from "./panel_time.js";
import { wireTab } from "./panel_wire.js";
import { icon } from "./icons.js";
import { say } from "./words.js";

export function startPanel(page) {
  const pane = document.getElementById("panel");
  const tabs = [
    { name: say("Time & orders"), ...timeTab(page) },
    { name: say("Faults"), ...faultsTab(page) },
    { name: say("Wire"), ...wireTab(page) },
  ];
  for (const one of tabs) {
    const id = freshId("tab");
    one.body.id = `${id}-panel`;
    one.body.setAttribute("role", "tabpanel");
    one.body.setAttribute("aria-labelledby", id);
    one.body.tabIndex = 0;
    one.tab = button(one.name, () => choose(one), { id, role: "tab", "aria-controls": one.body.id });
  }
  const choose = (chosen) => {
    for (const one of tabs) {
      one.tab.setAttribute("aria-selected", String(one === chosen));
      one.tab.tabIndex = one === chosen ? 0 : -1;
      one.body.hidden = one !== chosen;
    }
  };
  const name = say("Demo controls");
  const strip = h("div", { class: "tabs", role: "tablist", "aria-label": name, onkeydown: (event) => move(event, tabs, choose) }, tabs.map((one) => one.tab));
  const close = button([icon("close"), unseen(say("Close demo controls"))], () => page.togglePanel(false), { class: "close" });
  pane.append(h("header", { class: "side-head" }, h("h2", {}, name), close), strip, ...tabs.map((one) => one.body));
  pane.addEventListener("keydown", (event) => event.key === "Escape" && page.togglePanel(false));
  choose(tabs[0]);
}

function move(event, tabs, choose) {
  const at = tabs.findIndex((one) => one.tab === document.activeElement);
  const next = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
  if (next === undefined) return;
  event.preventDefault();
  const one = tabs[(next + tabs.length) % tabs.length];
  choose(one);
  one.tab.focus();
}
