"""Draws the pictures of the products: a simple silhouette of each kind, in the colour that its title names.

A picture is a PNG, because Slack shows only PNG, JPG and GIF. It is drawn three times as large as pages show it, so
that the browser smooths its edges by shrinking it. Shapes lie on a grid of ``GRID`` units, origin at the top left.
"""

from __future__ import annotations

import math
import struct
import zlib
from functools import cache
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    Point = tuple[float, float]
    Polygon = Sequence[Point]
    Rgb = tuple[int, int, int]

GRID = 96  # units of a side
SIDE = 288  # pixels of a side
COLOURS: dict[str, Rgb] = {
    "red": (201, 42, 54),
    "white": (250, 249, 246),
    "blue": (38, 96, 172),
    "black": (50, 52, 58),
    "plain": (196, 152, 104),
}
GROUND: Rgb = (226, 230, 235)
# The tones of a picture: the colour itself, a darker one, a lighter one, and the background for holes.
FILL, SHADE, LIGHT, HOLE = 1, 2, 3, 0
Part = tuple[int, "Polygon"]


def _round(  # noqa: PLR0917  the parts of an ellipse, in the usual order
    x: float, y: float, rx: float, ry: float | None = None, begin: float = 0, end: float = 360
) -> list[Point]:
    """Return a polygon of an ellipse around a point, or of the part between two angles in degrees."""
    ry = rx if ry is None else ry
    angles = [math.radians(begin + (end - begin) * step / 36) for step in range(37)]
    return [(x + rx * math.cos(angle), y + ry * math.sin(angle)) for angle in angles]


def _box(x: float, y: float, width: float, height: float) -> list[Point]:
    return [(x, y), (x + width, y), (x + width, y + height), (x, y + height)]


def _stroke(tone: int, width: float, *points: Point) -> list[Part]:
    """Return the parts of a line through points, with round corners."""
    parts: list[Part] = [(tone, _round(x, y, width / 2)) for x, y in points]
    for (x, y), (to_x, to_y) in pairwise(points):
        length = math.hypot(to_x - x, to_y - y) or 1.0
        across, along = (y - to_y) / length * width / 2, (to_x - x) / length * width / 2
        side = [(x + across, y + along), (to_x + across, to_y + along)]
        parts.append((tone, [*side, (to_x - across, to_y - along), (x - across, y - along)]))
    return parts


def _dress() -> list[Part]:
    body = [
        (36, 12),
        (40, 24),
        (48, 28),
        (56, 24),
        (60, 12),
        (66, 14),
        (64, 40),
        (82, 84),
        (14, 84),
        (32, 40),
        (30, 14),
    ]
    folds = [part for x in (36, 48, 60) for part in _stroke(SHADE, 1.6, (48 + (x - 48) * 0.5, 50), (x, 80))]
    return [(FILL, body), (SHADE, _box(32, 40, 32, 4)), *folds]


def _long_dress() -> list[Part]:
    sleeves: list[Part] = [
        (FILL, [(38, 10), (22, 40), (29, 44), (42, 26)]),
        (FILL, [(58, 10), (74, 40), (67, 44), (54, 26)]),
    ]
    body = [(38, 10), (48, 18), (58, 10), (59, 38), (70, 90), (26, 90), (37, 38)]
    return [*sleeves, (FILL, body), (LIGHT, _box(37, 38, 22, 3.4)), *_stroke(SHADE, 1.6, (52, 44), (60, 87))]


def _child_dress() -> list[Part]:
    sleeves: list[Part] = [(LIGHT, _round(28, 30, 11, 8)), (LIGHT, _round(68, 30, 11, 8))]
    body = [(36, 22), (48, 30), (60, 22), (62, 46), (80, 80), (16, 80), (34, 46)]
    dots: list[Part] = [(LIGHT, _round(x, y, 2.6)) for x, y in ((34, 70), (48, 74), (62, 70), (41, 60), (55, 60))]
    return [*sleeves, (FILL, body), (SHADE, _box(34, 44, 28, 4)), *dots]


def _phone_case() -> list[Part]:
    case = [*_round(60, 18, 8, begin=-90, end=0), *_round(60, 78, 8, begin=0, end=90)]
    case += [*_round(36, 78, 8, begin=90, end=180), *_round(36, 18, 8, begin=180, end=270)]
    lenses: list[Part] = [(SHADE, _round(38, 21, 4.5)), (SHADE, _round(38, 33, 4.5)), (SHADE, _round(48, 27, 3))]
    return [(FILL, case), (LIGHT, _box(32, 14, 21, 26)), *lenses]


def _mug() -> list[Part]:
    handle: list[Part] = [(FILL, _round(66, 50, 15, 17)), (HOLE, _round(66, 50, 8, 10))]
    body: Part = (FILL, [*_box(22, 30, 44, 0)[:2], (64, 76), (58, 82), (30, 82), (24, 76)])
    return [*handle, body, (SHADE, _round(44, 30, 22, 6)), (LIGHT, _round(44, 30, 17, 3.6))]


def _cable() -> list[Part]:
    turns = [_round(48, 50, size, size * 0.8, 120, 480) for size in (30, 24)]
    parts = [part for turn in turns for part in _stroke(FILL, 4, *turn)]
    plugs: list[Part] = [(SHADE, _box(14, 66, 20, 13)), (LIGHT, _box(8, 69, 7, 7))]
    return [*parts, *plugs, (SHADE, _box(60, 70, 18, 11)), (LIGHT, _box(78, 73, 8, 5))]


def _fabric() -> list[Part]:
    cloth: Part = (FILL, [(18, 34), (74, 34), (74, 56), (84, 84), (28, 84), (18, 60)])
    folds = [part for x in (34, 48, 62) for part in _stroke(SHADE, 1.6, (x, 40), (x + 4, 80))]
    return [cloth, *folds, (SHADE, _box(18, 20, 60, 16)), (LIGHT, _round(78, 28, 5, 8)), (SHADE, _round(78, 28, 2, 3))]


def _bear() -> list[Part]:
    ears: list[Part] = [(FILL, _round(32, 20, 9)), (FILL, _round(64, 20, 9))]
    ears += [(LIGHT, _round(32, 20, 4.5)), (LIGHT, _round(64, 20, 4.5))]
    limbs: list[Part] = [(FILL, _round(x, y, 9, 12)) for x, y in ((24, 60), (72, 60), (36, 82), (60, 82))]
    face: list[Part] = [(LIGHT, _round(48, 40, 9, 7)), (SHADE, _round(48, 37, 3, 2.2))]
    face += [(SHADE, _round(40, 30, 2.2)), (SHADE, _round(56, 30, 2.2))]
    return [
        *limbs,
        (FILL, _round(48, 66, 22)),
        (LIGHT, _round(48, 68, 13)),
        *ears,
        (FILL, _round(48, 34, 21, 19)),
        *face,
    ]


def _screwdriver() -> list[Part]:
    blade = _stroke(SHADE, 5, (46, 50), (20, 76))
    tip: Part = (SHADE, [(22, 70), (26, 74), (16, 84), (12, 80)])
    handle = _stroke(FILL, 17, (52, 44), (76, 20))
    return [*blade, tip, *handle, *_stroke(LIGHT, 2.4, (56, 45), (76, 25)), *_stroke(LIGHT, 2.4, (51, 40), (71, 20))]


def _carton() -> list[Part]:
    front, side = [(14, 40), (56, 48), (56, 86), (14, 76)], [(56, 48), (84, 36), (84, 72), (56, 86)]
    lid = [(14, 40), (42, 28), (84, 36), (56, 48)]
    return [(FILL, front), (SHADE, side), (LIGHT, lid), (SHADE, [(30, 33), (38, 30), (74, 39), (66, 43)])]


def _earphones() -> list[Part]:
    band = _stroke(FILL, 7, *_round(48, 52, 32, 34, 180, 360))
    cups: list[Part] = [(SHADE, _box(12, 50, 14, 28)), (SHADE, _box(70, 50, 14, 28))]
    return [*band, *cups, (LIGHT, _box(24, 52, 7, 24)), (LIGHT, _box(65, 52, 7, 24))]


def _bag() -> list[Part]:
    handles = _stroke(SHADE, 4.5, *_round(48, 40, 18, 26, 180, 360))
    body: Part = (FILL, [(18, 38), (78, 38), (84, 84), (12, 84)])
    return [*handles, body, (SHADE, _box(17, 38, 62, 4)), (LIGHT, _box(36, 54, 24, 18))]


SHAPES = {
    "dress": _dress,
    "long dress": _long_dress,
    "child dress": _child_dress,
    "phone case": _phone_case,
    "mug": _mug,
    "cable": _cable,
    "fabric": _fabric,
    "bear": _bear,
    "screwdriver": _screwdriver,
    "carton": _carton,
    "earphones": _earphones,
    "bag": _bag,
}


@cache
def draw(kind: str, colour: str) -> bytes:
    """Return the PNG of a kind of product (a key of ``SHAPES``) in a colour (a key of ``COLOURS``)."""
    rows = [bytearray(SIDE) for _ in range(SIDE)]
    for tone, polygon in SHAPES[kind]():
        _fill(rows, tone, polygon)
    return _png(_outlined(rows), _palette(COLOURS[colour]))


def silhouette(kind: str, side: int) -> set[tuple[int, int]]:
    """Return the pixels, as (column, row), that a kind of product covers in a picture of ``side`` pixels a side."""
    rows = [bytearray(side) for _ in range(side)]
    for tone, polygon in SHAPES[kind]():
        _fill(rows, tone, polygon)
    return {(x, y) for y, row in enumerate(rows) for x, tone in enumerate(row) if tone != HOLE}


def _palette(colour: Rgb) -> list[Rgb]:
    """Return the colours of the tones and of the outline, which makes white visible on the light background."""
    dark = sum(colour) < 240  # noqa: PLR2004  nothing is darker than black, so its shade is lighter
    shade = _mixed(colour, (255, 255, 255) if dark else (0, 0, 0), 0.22)
    return [GROUND, colour, shade, _mixed(colour, (255, 255, 255), 0.45), _mixed(colour, (0, 0, 0), 0.42)]


def _mixed(colour: Rgb, other: Rgb, share: float) -> Rgb:
    channels = zip(colour, other, strict=True)
    red, green, blue = (round(channel * (1 - share) + added * share) for channel, added in channels)
    return red, green, blue


def _fill(rows: list[bytearray], tone: int, polygon: Polygon) -> None:
    """Fill a polygon row by row, between each pair of its edges' crossings with the row."""
    side = len(rows)
    scale = side / GRID
    points = [(x * scale, y * scale) for x, y in polygon]
    edges = list(pairwise([*points, points[0]]))
    top, bottom = min(y for _, y in points), max(y for _, y in points)
    for row in range(max(0, int(top)), min(side, math.ceil(bottom))):
        line = row + 0.5
        crossings = sorted(
            x + (line - y) * (to_x - x) / (to_y - y) for (x, y), (to_x, to_y) in edges if (y <= line) != (to_y <= line)
        )
        for begin, end in zip(crossings[::2], crossings[1::2], strict=False):
            first, last = max(0, round(begin)), min(side, round(end))
            rows[row][first:last] = bytes([tone]) * max(0, last - first)


def _outlined(rows: list[bytearray], width: int = 3) -> list[bytes]:
    """Give everything that is drawn an outline, ``width`` pixels wide."""
    outline = len((FILL, SHADE, LIGHT, HOLE))
    empty = bytes(SIDE)
    lines = []
    for number, row in enumerate(rows):
        above, below = (rows[at] if 0 <= at < SIDE else empty for at in (number - width, number + width))
        lines.append(
            bytes(
                outline
                if not tone and (above[x] or below[x] or row[max(0, x - width)] or row[min(SIDE - 1, x + width)])
                else tone
                for x, tone in enumerate(row)
            )
        )
    return lines


def _png(rows: Iterable[bytes], palette: Iterable[Rgb]) -> bytes:
    """Return a PNG with a palette. ``rows``: the numbers of the pixels' colours in it."""
    header = struct.pack(">IIBBBBB", SIDE, SIDE, 8, 3, 0, 0, 0)
    colours = b"".join(bytes(colour) for colour in palette)
    pixels = zlib.compress(b"".join(b"\0" + row for row in rows), 9)
    chunks = ((b"IHDR", header), (b"PLTE", colours), (b"IDAT", pixels), (b"IEND", b""))
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(kind, content) for kind, content in chunks)


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
