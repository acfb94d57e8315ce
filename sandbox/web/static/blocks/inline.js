// Draws a run of mrkdwn without quotes and fences: styles, code, emoji, addresses and controls.

import { h } from "../app/dom.js";
import { controlNode } from "./control.js";
import { CODE, emojiCharacter } from "./emoji.js";
import { decode, lines, link } from "./text.js";

const STYLES = { "*": "strong", _: "em", "~": "s" };
const EMOJI = new RegExp(CODE, "y");
const CONTROL = /<([^<>]+)>/y;
const INLINE_CODE = /`([^`\n]+)`/y;
const ADDRESS = /https?:\/\/[^\s<>|]*[^\s<>|.,;:!?'")\]，。；：！？）】]/y;
const SIGNS = /[*_~`<:h]/g;

/** The nodes of a run. `open` holds the marks of the styles around it; `verbatim` leaves bare addresses as text. */
export function inline(text, context, { verbatim = false, open = "" } = {}) {
  const run = { text, context, verbatim, open, closed: {} };
  const found = document.createDocumentFragment();
  let from = 0;
  for (let at = sign(text, 0); at < text.length;) {
    const step = stepAt(run, at);
    if (!step) {
      at = sign(text, at + 1);
      continue;
    }
    found.append(...lines(decode(text.slice(from, at))), step.node);
    from = step.end;
    at = sign(text, from);
  }
  found.append(...lines(decode(text.slice(from))));
  return found;
}

/** The nodes of text in code, in which only angle brackets have a meaning. */
export function unstyled(text, context) {
  const found = document.createDocumentFragment();
  text.split(/<([^<>]+)>/).forEach((part, at) => found.append(...(at % 2 ? [controlNode(part, context)] : lines(decode(part)))));
  return found;
}

function sign(text, from) {
  SIGNS.lastIndex = from;
  return SIGNS.exec(text)?.index ?? text.length;
}

function stepAt(run, at) {
  const mark = run.text[at];
  if (mark === "<") return controlStep(run, at);
  if (mark === ":") return emojiStep(run, at);
  if (mark === "`") return codeStep(run, at);
  if (mark === "h") return run.verbatim ? null : addressStep(run, at);
  return styleStep(run, at, mark);
}

function controlStep({ text, context }, at) {
  const match = matchAt(CONTROL, text, at);
  return match && { node: controlNode(match[1], context), end: at + match[0].length };
}

function emojiStep({ text }, at) {
  const match = matchAt(EMOJI, text, at);
  const character = match && emojiCharacter(match[1], match[2]);
  return character ? { node: character, end: at + match[0].length } : null;
}

function codeStep({ text, context }, at) {
  const match = codeAt(text, at);
  return match && { node: h("code", { class: "bk-code" }, unstyled(match[1], context)), end: at + match[0].length };
}

function addressStep({ text }, at) {
  if (isWordBefore(text, at)) return null;
  const match = matchAt(ADDRESS, text, at);
  const address = match && decode(match[0]);
  return match && { node: link(address, address), end: at + match[0].length };
}

function styleStep(run, at, mark) {
  const { text, context, verbatim, open } = run;
  const opens = !open.includes(mark) && !isWordBefore(text, at) && !/^(?:\s|$)/.test(text.slice(at + 1, at + 2)) && text[at + 1] !== mark;
  if (!opens || at < (run.closed[mark] ?? 0)) return null;
  const end = closing(text, at, mark);
  if (end < 0) {
    run.closed[mark] = -end; // no mark closes before there, so a long hostile line is scanned once, not for each mark
    return null;
  }
  return { node: h(STYLES[mark], {}, inline(text.slice(at + 1, end), context, { verbatim, open: open + mark })), end: end + 1 };
}

/** The index at which the mark closes, or the negative index up to which none does. Styles end with their line. */
function closing(text, opened, mark) {
  for (let at = opened + 1; at < text.length; at += 1) {
    const one = text[at];
    if (one === "\n") return -at;
    if (one === mark && at > opened + 1 && !/\s/.test(text[at - 1]) && !isWordAfter(text, at + 1)) return at;
    const whole = one === "<" ? matchAt(CONTROL, text, at) : one === "`" ? codeAt(text, at) : null;
    if (whole) at += whole[0].length - 1;
  }
  return -text.length;
}

function codeAt(text, at) {
  if (isWordBefore(text, at)) return null;
  const match = matchAt(INLINE_CODE, text, at);
  return match && !isWordAfter(text, at + match[0].length) ? match : null;
}

// A mark beside a letter or digit of any script is text: Slack formats neither snake_case nor 中*文*字.
function isWordBefore(text, at) {
  return /[\p{L}\p{N}]$/u.test(text.slice(Math.max(0, at - 2), at));
}

function isWordAfter(text, at) {
  return /^[\p{L}\p{N}]/u.test(text.slice(at, at + 2));
}

function matchAt(pattern, text, at) {
  pattern.lastIndex = at;
  return pattern.exec(text);
}
