// Draws text inputs: lines, paragraphs, numbers, addresses, and rich text as plain text.

import { h } from "../../app/dom.js";
import { plainText } from "../text.js";
import { remember } from "../state.js";
import { filed, named, send } from "./common.js";

const TYPES = { email_text_input: "email", url_text_input: "url", number_input: "number" };

/** One line, or several if the element is `multiline`. */
export function textInput(element, place) {
  const type = TYPES[element.type] ?? "text";
  const props = {
    class: "bk-type",
    placeholder: plainText(element.placeholder) || null,
    minlength: element.min_length,
    maxlength: element.max_length,
    value: element.initial_value ?? "",
    autocomplete: "off",
    ...(type === "number" ? numberProps(element) : {}),
    ...named(element, place),
  };
  const node = element.multiline ? h("textarea", { rows: 4, ...props }) : h("input", { type, ...props });
  return wired(node, element, place, () => ({ value: node.value || null }));
}

/** Rich text, typed here without formats: the app gets one plain section. */
export function richTextInput(element, place) {
  const props = { class: "bk-type", rows: element.min_lines ?? 4, placeholder: plainText(element.placeholder) || null };
  const node = h("textarea", { ...props, value: wordsOf(element.initial_value), ...named(element, place) });
  return wired(node, element, place, () => ({ rich_text_value: richText(node.value) }));
}

function wired(node, element, place, payload) {
  const when = element.dispatch_action_config?.trigger_actions_on ?? ["on_enter_pressed"];
  if (place.input?.dispatches && when.includes("on_enter_pressed"))
    node.addEventListener("keydown", (event) => onEnter(event, element, place, payload));
  if (when.includes("on_character_entered")) node.addEventListener("input", () => send(element, place, payload()));
  remember(node, filed(element, place), () => ({ type: element.type, ...payload() }));
  return node;
}

function onEnter(event, element, place, payload) {
  if (event.key !== "Enter" || event.shiftKey || event.isComposing) return; // while composing, Enter only ends a Chinese word
  event.preventDefault();
  send(element, place, payload());
}

function numberProps(element) {
  return {
    min: element.min_value,
    max: element.max_value,
    step: element.is_decimal_allowed ? "any" : "1",
    inputmode: element.is_decimal_allowed ? "decimal" : "numeric",
  };
}

function richText(text) {
  if (!text) return null;
  return { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text }] }] };
}

function wordsOf(block) {
  const words = (part) => (part?.elements ? part.elements.map(words).join("") : (part?.text ?? ""));
  return (block?.elements ?? []).map(words).join("\n");
}
