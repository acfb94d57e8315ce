// The first tab of the demo's controls: moves the clock, lets something happen to an order, and scans a parcel.

import { button, h } from "./dom.js";
import { speedSelect } from "./time_bar.js";
import { say } from "./words.js";

const STEPS = [["10 min", 600], ["1 h", 3600], ["6 h", 21600], ["1 day", 86400]];
const EVENTS = [
  ["stall", "Stall", "No courier scans it for six days"],
  ["price", "Price change", "The seller takes 8 % off"],
  ["refund", "Refund", "Requested now, paid in six hours"],
  ["new_order", "New order", "Somebody of the team orders something"],
];
const SCAN_PRESETS = [
  ["transport", "In transit", "【广州市】 快件已到达 广州分拨中心"],
  ["accept", "Picked up", "【义乌市】 义乌国际商贸城网点 已揽收"],
  ["delivering", "Out for delivery", "快件正在派送中，派送员：陈师傅，请保持电话畅通"],
  ["failed", "Delivery failed", "快件未妥投，原因：收件人不在指定地址，将再次派送"],
  ["trouble", "Trouble", "快件外包装破损，已登记为问题件，等待处理"],
  ["locker", "At a pick-up point", "快件已存放至菜鸟驿站，请凭取件码取件"],
  ["signed", "Delivered", "快件已签收，签收人：前台"],
];

export function timeTab(page) {
  const speed = speedSelect(page, { id: "speed" }, (_factor, sentence) => sentence);
  const forward = h(
    "fieldset",
    {},
    h("legend", {}, say("Time")),
    h("div", { class: "row" }, STEPS.map(([words, seconds]) => button(`+ ${say(words)}`, () => page.forward(seconds)))),
    h("label", { for: "speed" }, say("Time passes")),
    speed,
  );
  const save = h("a", { href: "/recording.json", download: "conversation.json", class: "button" }, say("Save the conversation"));
  const recording = h("p", {}, save, h("small", {}, ` ${say("Commands and messages as a file that a test can play again.")}`));
  return { body: h("div", { class: "time" }, forward, eventForm(page), scanForm(page), recording) };
}

/** A menu of the account's orders that keeps its choice as new ones come. */
function orderSelect(page, id, changed = () => {}) {
  const { store } = page;
  const select = h("select", { id, onchange: () => changed() });
  const draw = () => {
    const chosen = select.value;
    select.replaceChildren(...store.state.orders.map((one) => h("option", { value: one.id }, `…${one.id.slice(-6)} · ${one.title}`)));
    if (store.state.orders.some((one) => one.id === chosen)) select.value = chosen;
    changed();
  };
  store.on("hello orders", draw);
  draw();
  return select;
}

function eventForm(page) {
  const order = orderSelect(page, "event-order");
  const happen = (name) => page.socket.send("happen", { event: name, order: order.value });
  return h(
    "fieldset",
    {},
    h("legend", {}, say("What happens")),
    h("label", { for: "event-order" }, say("Order")),
    order,
    h("div", { class: "row" }, EVENTS.map(([name, words, hint]) => button(say(words), () => happen(name), { title: say(hint) }))),
  );
}

function scanForm(page) {
  const { store, socket } = page;
  const waybill = h("select", { id: "scan-waybill" });
  const drawWaybills = () => {
    const found = store.state.orders.find((one) => one.id === order?.value);
    const chosen = waybill.value;
    waybill.replaceChildren(...(found?.waybills ?? []).map((one) => h("option", { value: one, selected: one === chosen }, one)));
  };
  let order = null;
  order = orderSelect(page, "scan-order", drawWaybills);
  drawWaybills();
  const moment = h("select", { id: "scan-moment", onchange: () => { text.value = SCAN_PRESETS.find(([name]) => name === moment.value)[2]; } }, SCAN_PRESETS.map(([name, words]) => h("option", { value: name }, say(words))));
  const text = h("textarea", { id: "scan-text", rows: "2", value: SCAN_PRESETS[0][2] });
  const scan = (event) => {
    event.preventDefault();
    socket.send("add_node", { order: order.value, waybill: waybill.value, moment: moment.value, text: text.value });
  };
  return h(
    "form",
    { onsubmit: scan },
    h(
      "fieldset",
      {},
      h("legend", {}, say("Add a courier scan")),
      ...[["Order", order], ["Parcel", waybill], ["Moment", moment], ["What the courier writes", text]].flatMap(([words, field]) => [h("label", { for: field.id }, say(words)), field]),
      h("button", { type: "submit", class: "primary" }, say("Scan")),
    ),
  );
}
