// Time in the top bar: an hour forward, and the speed. Always in sight, as nothing happens here without time.

import { button, h, unseen } from "./dom.js";
import { icon } from "./icons.js";
import { say } from "./words.js";

const SPEEDS = [["real time", 1], ["a minute a second", 60], ["ten minutes a second", 600], ["an hour a second", 3600]];
const HOUR = 3600; // seconds

export function timeBar(page) {
  const forward = button([icon("forward"), h("span", {}, ` ${say("+1 h")}`)], () => page.forward(HOUR), { class: "hour", title: say("Let an hour pass"), "aria-label": say("Let an hour pass") });
  const short = speedSelect(page, { "aria-label": say("Speed of time"), title: say("Speed of time"), class: "speed" }, (factor) => `×${factor}`);
  return h("div", { class: "time-bar" }, forward, short);
}

/** A menu of the speeds that follows the demo's clock. `words(factor, sentence)` makes the text of an entry. */
export function speedSelect(page, props, words) {
  const { store, socket } = page;
  const select = h(
    "select",
    { ...props, onchange: (event) => socket.send("time", { speed: Number(event.target.value) }) },
    SPEEDS.map(([sentence, factor]) => h("option", { value: String(factor) }, words(factor, say(sentence)))),
  );
  const draw = () => { select.value = String(store.state.clock?.speed ?? 1); };
  store.on("hello clock", draw);
  draw();
  return select;
}

/** The line under the header that says what came of a step of time; each part leads to where that is. */
export function outcomeLine(page) {
  const { store } = page;
  const told = h("p", { class: "outcome-words" });
  const line = h("div", { class: "outcome", "aria-live": "polite", hidden: true }, told, button([icon("close"), unseen(say("Close"))], () => { line.hidden = true; }, { class: "close" }));
  const show = (...parts) => {
    told.replaceChildren(...parts);
    line.hidden = false;
  };
  store.on("step", (seconds) => show(h("strong", {}, length(seconds)), ` ${say("The bot is looking…")}`));
  store.on("outcome", (outcome) => show(h("strong", {}, length(outcome.passed)), " ", ...joined(parts(page, outcome))));
  return line;
}

function parts(page, { places, new_orders: orders }) {
  const here = page.store.place.id;
  const found = places.sort((one, other) => (other.channel === here) - (one.channel === here)).flatMap((place) => ofPlace(page, place));
  if (orders) found.push(sayOrders(orders));
  return found.length ? found : [say("Nothing new here.")];
}

function ofPlace(page, { channel, messages, replies, alarms, alarm, message, reply }) {
  const name = page.nameOf(channel);
  const others = messages - alarms;
  return [
    alarms ? way(page, channel, alarm, alarms === 1 ? say("1 alert in {name}", { name }) : say("{n} alerts in {name}", { n: alarms, name })) : null,
    others ? way(page, channel, message, others === 1 ? say("1 new message in {name}", { name }) : say("{n} new messages in {name}", { n: others, name })) : null,
    replies ? way(page, channel, reply, replies === 1 ? say("1 new reply in {name}", { name }) : say("{n} new replies in {name}", { n: replies, name })) : null,
  ].filter(Boolean);
}

function sayOrders(n) {
  return n === 1 ? say("1 new order in the account") : say("{n} new orders in the account", { n });
}

function way(page, channel, place, words) {
  return button([words, icon("up")], () => page.goToMessage(channel, place), { class: "link" });
}

function joined(parts) {
  return parts.flatMap((part, at) => (at ? [" · ", part] : [part]));
}

function length(seconds) {
  const [unit, size] = seconds >= 86_400 && seconds % 86_400 === 0 ? ["d", 86_400] : seconds >= 3600 ? ["h", 3600] : ["min", 60];
  return `+${Math.round(seconds / size)} ${say(unit)}`;
}
