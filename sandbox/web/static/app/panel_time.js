// The Time tab: moves the clock, and scans a parcel by hand.

import { button, h } from "./dom.js";

const STEPS = [["10 min", 600], ["1 h", 3600], ["6 h", 21600], ["1 day", 86400]];
const SPEEDS = [["as it is", 1], ["a minute a second", 60], ["ten minutes a second", 600], ["an hour a second", 3600]];
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
  const { store, socket } = page;
  const speed = h(
    "select",
    { id: "speed", onchange: (event) => socket.send("time", { speed: Number(event.target.value) }) },
    SPEEDS.map(([words, factor]) => h("option", { value: String(factor) }, words)),
  );
  const drawSpeed = () => { speed.value = String(store.state.clock.speed); };
  store.on("hello clock", drawSpeed);
  drawSpeed();
  const forward = h(
    "fieldset",
    {},
    h("legend", {}, "Time"),
    h("div", { class: "row" }, STEPS.map(([words, seconds]) => button(`+ ${words}`, () => socket.send("time", { forward: seconds })))),
    h("label", { for: "speed" }, "Time passes"),
    speed,
  );
  const recording = h("p", {}, h("a", { href: "/recording.json", download: "conversation.json", class: "button" }, "Save the conversation"), h("small", {}, " What was done and said, as a fixture for a test."));
  return { body: h("div", { class: "time" }, forward, scanForm(page), recording) };
}

function scanForm(page) {
  const { store, socket } = page;
  const order = h("select", { id: "scan-order", onchange: () => drawWaybills() });
  const waybill = h("select", { id: "scan-waybill" });
  const moment = h("select", { id: "scan-moment", onchange: () => { text.value = SCAN_PRESETS.find(([name]) => name === moment.value)[2]; } }, SCAN_PRESETS.map(([name, words]) => h("option", { value: name }, words)));
  const text = h("textarea", { id: "scan-text", rows: "2", value: SCAN_PRESETS[0][2] });
  const drawWaybills = () => {
    const found = store.state.orders.find((one) => one.id === order.value);
    waybill.replaceChildren(...(found?.waybills ?? []).map((one) => h("option", { value: one }, one)));
  };
  const drawOrders = () => {
    order.replaceChildren(...store.state.orders.map((one) => h("option", { value: one.id }, `${one.id} · ${one.title}`)));
    drawWaybills();
  };
  store.on("hello", drawOrders);
  drawOrders();
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
      h("legend", {}, "Scan a parcel by hand"),
      ...[["Order", order], ["Parcel", waybill], ["Moment", moment], ["What the courier writes", text]].flatMap(([words, field]) => [h("label", { for: field.id }, words), field]),
      h("button", { type: "submit", class: "primary" }, "Scan"),
    ),
  );
}
