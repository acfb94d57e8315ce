"""One block of every type that Slack publishes, with each kind of part inside."""

from __future__ import annotations

from typing import Any

Json = dict[str, Any]

PICTURE = "https://pictures.invalid/dress.png"
EPOCH = 1_779_294_600  # 20 May 2026, 16:30 UTC


def plain(text: str) -> Json:
    return {"type": "plain_text", "text": text, "emoji": True}


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def rich(*elements: Json) -> Json:
    return {"type": "rich_text", "elements": list(elements)}


def line(*elements: Json) -> Json:
    return {"type": "rich_text_section", "elements": list(elements)}


def words(text: str, **style: bool) -> Json:
    return {"type": "text", "text": text, **({"style": style} if style else {})}


def button(text: str, action_id: str = "go") -> Json:
    return {"type": "button", "action_id": action_id, "text": plain(text), "value": "1"}


def image(alt: str = "A red dress") -> Json:
    return {"type": "image", "image_url": PICTURE, "alt_text": alt}


RICH_TEXT = rich(
    line(
        words("Order "),
        words("2542285634920880794", code=True),
        words(" is "),
        words("bold", bold=True),
        words(" "),
        words("slanted", italic=True),
        words(" "),
        words("gone", strike=True),
        words(" "),
        {"type": "link", "url": "https://x.cn/a", "text": "the shop"},
        words(" "),
        {"type": "emoji", "name": "package", "unicode": "1f4e6"},
        words(" 裙子 "),
        {"type": "broadcast", "range": "here"},
        words(" "),
        {"type": "color", "value": "#b3123f"},
    ),
    {"type": "rich_text_list", "style": "bullet", "elements": [line(words("first")), line(words("second"))]},
    {"type": "rich_text_list", "style": "ordered", "indent": 1, "elements": [line(words("inner"))]},
    {"type": "rich_text_quote", "elements": [words("quoted words")]},
    {"type": "rich_text_preformatted", "elements": [words("raw  words\nbelow")]},
)
MENTIONS = rich(
    line(
        {"type": "user", "user_id": "U1"},
        words(" "),
        {"type": "channel", "channel_id": "C1"},
        words(" "),
        {"type": "usergroup", "usergroup_id": "S1"},
        words(" "),
        {"type": "team", "team_id": "T1"},
        words(" "),
        {"type": "date", "timestamp": EPOCH, "format": "{date_num} {time}", "fallback": "then"},
    )
)
CARD: Json = {
    "type": "card",
    "hero_image": image("Hero"),
    "icon": image("Sign"),
    "title": mrkdwn("*Dress*"),
    "subtitle": mrkdwn("red"),
    "body": mrkdwn("¥49.90 a piece"),
    "actions": [button("Track", "track")],
}
TASK: Json = {
    "type": "task_card",
    "task_id": "1",
    "title": "Reading the order",
    "status": "complete",
    "details": rich(line(words("asked PandaPon"))),
    "output": rich(line(words("two parcels"))),
    "sources": [{"type": "url", "url": "https://x.cn/a", "text": "the order"}],
}
LATER: Json = {"type": "task_card", "task_id": "2", "title": "Waiting for news", "status": "in_progress"}

# Blocks that both our page and the other renderers draw.
SHARED: dict[str, Json] = {
    "section": {
        "type": "section",
        "text": mrkdwn("*Shipped* :package: to `杭州`"),
        "accessory": button("Show", "show"),
    },
    "fields": {"type": "section", "fields": [mrkdwn("*Paid*\n¥107.80"), plain("Seller 雪纺")]},
    "header": {"type": "header", "text": plain("Order 裙子")},
    "context": {"type": "context", "elements": [image("Sign"), mrkdwn("as of _now_"), plain("and plainly")]},
    "divider": {"type": "divider"},
    "actions": {"type": "actions", "elements": [button("Track", "track"), button("Why?", "why")]},
    "image": {"type": "image", "image_url": PICTURE, "alt_text": "A red dress", "title": plain("The dress")},
    "rich_text": RICH_TEXT,
    "table": {
        "type": "table",
        "column_settings": [{"align": "left"}, {"align": "right", "is_wrapped": True}],
        "rows": [
            [{"type": "raw_text", "text": "Parcel"}, {"type": "raw_text", "text": "Scans"}],
            [{"type": "raw_text", "text": "SF1234567890123"}, rich(line(words("7", bold=True)))],
        ],
    },
    "plan": {"type": "plan", "title": "Tracking", "tasks": [TASK, LATER]},
    "task_card": TASK,
    "card": CARD,
    "carousel": {"type": "carousel", "elements": [CARD, {**CARD, "title": mrkdwn("Skirt")}]},
    "alert": {"type": "alert", "level": "warning", "text": mrkdwn("PandaPon is slow")},
    "markdown": {
        "type": "markdown",
        "text": "# News\n\n**Two** parcels, [one](https://x.cn/a) late:\n\n- first\n- second",
    },
    "container": {
        "type": "container",
        "title": plain("Parcels"),
        "child_blocks": [{"type": "section", "text": mrkdwn("inside")}],
    },
}
# Blocks that only our page, or only the other renderers, describe in words.
OURS: dict[str, Json] = {
    "mentions": MENTIONS,
    "video": {
        "type": "video",
        "video_url": "https://x.cn/v",
        "thumbnail_url": PICTURE,
        "alt_text": "A film",
        "title": plain("How it is packed"),
        "author_name": "Mei",
        "provider_name": "X",
        "description": plain("One minute"),
    },
    "file": {"type": "file", "source": "remote", "external_id": "F1"},
    "data_table": {
        "type": "data_table",
        "caption": "Scans a day",
        "row_header_column_index": 0,
        "rows": [
            [{"type": "raw_text", "text": "Day"}, {"type": "raw_text", "text": "Scans"}],
            [{"type": "raw_text", "text": "Monday"}, {"type": "raw_number", "value": 1200, "text": "1,200"}],
        ],
    },
    "data_visualization": {
        "type": "data_visualization",
        "title": "Orders",
        "chart": {"type": "pie", "segments": [{"label": "Taobao", "value": 3}, {"label": "1688", "value": 1}]},
    },
    "folded": {
        "type": "container",
        "title": plain("Folded"),
        "is_collapsible": True,
        "default_collapsed": True,
        "child_blocks": [{"type": "section", "text": mrkdwn("within")}],
    },
    "slack_file": {"type": "image", "slack_file": {"id": "F1"}, "alt_text": "A scan"},
}
