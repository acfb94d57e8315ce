"""Checks messages and views against Slack's limits. A violation is what Slack calls ``invalid_blocks``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from slack_sdk.errors import SlackObjectFormationError
from slack_sdk.models.blocks import Block

if TYPE_CHECKING:
    from collections.abc import Iterator

Value = Any

MAX_BLOCKS, MAX_VIEW_BLOCKS, MAX_TOTAL, MAX_TABLES = 50, 100, 12_000, 1
# block type -> the most characters of its text
TEXT_LIMITS = {"section": 3000, "header": 150}
FIELD_LIMIT, BUTTON_LIMIT, VALUE_LIMIT, ID_LIMIT, URL_LIMIT, ALT_LIMIT = 2000, 75, 2000, 255, 3000, 2000
OPTION_LIMIT, OPTION_VALUE_LIMIT = 75, 150
COUNTS = {"actions": ("elements", 25), "context": ("elements", 10), "section": ("fields", 10)}
PLAIN_ONLY = {"header"}
VIEW_TEXTS, LABEL_LIMIT = {"private_metadata": 3000, "callback_id": 255, "external_id": 255}, 24
# Newer blocks that slack_sdk may not model; their inner limits are Slack's published ones.
UNMODELLED = {"table", "plan", "task_card", "card", "carousel", "data_table", "data_visualization", "markdown"}


def check_message(message: dict[str, Any]) -> list[str]:
    """Return the reasons for which Slack would refuse a message."""
    blocks = message.get("blocks") or []
    problems = [] if message.get("text") else ["the top-level text is empty"]
    if not isinstance(blocks, list):
        return [*problems, "blocks must be a list"]
    if len(blocks) > MAX_BLOCKS:
        problems.append(f"{len(blocks)} blocks, at most {MAX_BLOCKS}")
    if sum(block.get("type") == "table" for block in blocks if isinstance(block, dict)) > MAX_TABLES:
        problems.append("only one table is allowed")
    if (total := size(blocks)) > MAX_TOTAL:
        problems.append(f"{total} characters in all, at most {MAX_TOTAL}")
    return problems + _check_blocks(blocks)


def size(blocks: list[Any]) -> int:
    """Return the characters that blocks count towards the limit of all blocks of a message together [inferred].

    Slack's staff speak of 12,000 characters of text and some room for the blocks around it, and users measured refusals
    from 13,200 on. Counting the JSON itself stays on the safe side of both.
    """
    return len(json.dumps(blocks, ensure_ascii=False))


def check_view(view: dict[str, Any]) -> list[str]:
    """Return the reasons for which Slack would refuse a modal or an App Home view."""
    blocks = view.get("blocks") or []
    problems = [] if view.get("type") in {"modal", "home"} else ["type must be modal or home"]
    if len(blocks) > MAX_VIEW_BLOCKS:
        problems.append(f"{len(blocks)} blocks, at most {MAX_VIEW_BLOCKS}")
    for name, most in VIEW_TEXTS.items():
        if len(str(view.get(name, ""))) > most:
            problems.append(f"{name} has at most {most} characters")
    if view.get("type") == "modal":
        problems += _check_labels(view)
        if not view.get("submit") and any(isinstance(block, dict) and block.get("type") == "input" for block in blocks):
            problems.append("a modal with inputs needs submit")
    return problems + _check_blocks(blocks)


def _check_labels(view: dict[str, Any]) -> Iterator[str]:
    for name in ("title", "submit", "close"):
        label = view.get(name)
        if label is None and name != "title":
            continue
        text = label.get("text") if isinstance(label, dict) and label.get("type") == "plain_text" else None
        if not isinstance(text, str) or not 1 <= len(text) <= LABEL_LIMIT:
            yield f"a modal's {name} is plain_text of 1 to {LABEL_LIMIT} characters"


def require_valid(message: dict[str, Any]) -> None:
    """Check a message. Raises ValueError with all its problems."""
    if problems := check_message(message):
        raise ValueError("; ".join(problems))


def _check_blocks(blocks: list[Any]) -> list[str]:
    problems: list[str] = []
    seen: set[str] = set()
    for position, block in enumerate(blocks):
        if not isinstance(block, dict) or not block.get("type"):
            problems.append(f"block {position} is no block")
            continue
        problems += [f"block {position} ({block['type']}): {problem}" for problem in _check_block(block)]
        block_id = block.get("block_id")
        if block_id and block_id in seen:
            problems.append(f"block_id {block_id!r} is used twice")
        seen.add(block_id or "")
    return problems


def _check_block(block: dict[str, Any]) -> Iterator[str]:
    kind = block["type"]
    yield from _unknown_keys(block)
    text = block.get("text")
    if isinstance(text, dict):
        yield from _check_text(text, TEXT_LIMITS.get(kind, 3000))
        if kind in PLAIN_ONLY and text.get("type") != "plain_text":
            yield "its text must be plain_text"
    elif text is not None and kind in TEXT_LIMITS:
        yield "its text is no text object"
    if kind == "section" and not text and not block.get("fields"):
        yield "neither text nor fields"
    if kind in COUNTS:
        name, most = COUNTS[kind]
        count = len(block.get(name) or [])
        if count > most or (count == 0 and kind != "section"):
            yield f"{count} {name}, at most {most}"
    for field in block.get("fields") or []:
        yield from _check_text(field, FIELD_LIMIT)
    yield from _check_elements(block)
    if kind == "image":
        yield from _check_image(block)


def _check_elements(block: dict[str, Any]) -> Iterator[str]:
    candidates = (*(block.get("elements") or []), block.get("accessory"))
    elements = [element for element in candidates if isinstance(element, dict)]
    ids = [element["action_id"] for element in elements if element.get("action_id")]
    if len(ids) != len(set(ids)):
        yield "an action_id is used twice"
    if block["type"] in {"rich_text", "table"}:
        return
    for element in elements:
        yield from _check_element(element)


def _check_element(element: dict[str, Any]) -> Iterator[str]:
    kind = element.get("type", "")
    if len(str(element.get("action_id", ""))) > ID_LIMIT:
        yield f"an action_id has at most {ID_LIMIT} characters"
    if kind == "button":
        text = element.get("text") or {}
        yield from _check_text(text, BUTTON_LIMIT)
        if isinstance(text, dict) and text.get("type") == "mrkdwn":
            yield "a button's text must be plain_text"
        if len(str(element.get("value", ""))) > VALUE_LIMIT:
            yield f"a button's value has at most {VALUE_LIMIT} characters"
        if element.get("style", "primary") not in {"primary", "danger"}:
            yield f"no button style {element['style']!r}"
    elif kind == "image":
        yield from _check_image(element)
    elif kind in {"mrkdwn", "plain_text"}:
        yield from _check_text(element, 3000)
    elif kind == "overflow":
        yield from _check_overflow(element.get("options") or [])
    elif kind.endswith("static_select") and not 1 <= _options(element) <= 100:  # noqa: PLR2004  Slack's limit
        yield "a select has 1 to 100 options"


def _check_overflow(options: list[dict[str, Any]]) -> Iterator[str]:
    if not 1 <= len(options) <= 5:  # noqa: PLR2004  Slack's limit
        yield "an overflow menu has 1 to 5 options"
    for option in options:
        yield from _check_text(option.get("text"), OPTION_LIMIT)
        if len(str(option.get("value", ""))) > OPTION_VALUE_LIMIT:
            yield f"an option's value has at most {OPTION_VALUE_LIMIT} characters"


def _options(element: dict[str, Any]) -> int:
    """Count the options of a menu's largest group, or of the menu if it has no groups."""
    groups = element.get("option_groups") or [element]
    return max(len(group.get("options") or []) for group in groups)


def _check_text(text: Any, most: int) -> Iterator[str]:
    content = text.get("text") if isinstance(text, dict) else None
    if not isinstance(content, str) or not content:
        yield "a text is empty"
    elif len(content) > most:
        yield f"a text has {len(content)} characters, at most {most}"
    elif text.get("type") not in {"plain_text", "mrkdwn"}:
        yield f"no text type {text.get('type')!r}"


def _check_image(image: dict[str, Any]) -> Iterator[str]:
    url = image.get("image_url")
    if url is not None and (not str(url).startswith(("https://", "http://")) or len(str(url)) > URL_LIMIT):
        yield "image_url must be an http(s) address of at most 3000 characters"
    if url is None and not image.get("slack_file"):
        yield "an image needs image_url or slack_file"
    if not image.get("alt_text") or len(str(image["alt_text"])) > ALT_LIMIT:
        yield f"alt_text must have 1 to {ALT_LIMIT} characters"


def _unknown_keys(block: dict[str, Any]) -> Iterator[str]:
    """Compare a block with slack_sdk's model, which refuses most broken limits and drops misspelt keys."""
    if block["type"] in UNMODELLED:
        return
    try:
        parsed = Block.parse(block)
        modelled = parsed.to_dict() if parsed is not None else None
    except (SlackObjectFormationError, TypeError, ValueError, AttributeError) as error:
        yield str(error)
        return
    if modelled is None:
        yield "no such block type"
        return
    yield from (f"unknown key {path}" for path in _dropped(block, modelled))


def _dropped(sent: Value, kept: Value, path: str = "") -> Iterator[str]:
    if isinstance(sent, dict) and isinstance(kept, dict):
        for key, value in sent.items():
            if key not in kept and value not in (None, False, [], ""):
                yield f"{path}{key}"
            elif key in kept:
                yield from _dropped(value, kept[key], f"{path}{key}.")
    elif isinstance(sent, list) and isinstance(kept, list):
        for sent_item, kept_item in zip(sent, kept, strict=False):
            yield from _dropped(sent_item, kept_item, path)
