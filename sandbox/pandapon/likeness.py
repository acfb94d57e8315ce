"""How much two pictures are alike: by the outline of what stands on the ground, and by its main colour.

A picture may be larger, smaller or moved; its ground is the colour of its corner. This is enough to find the stand-in's
own products in their pictures, in photos of the screen, and in drawings like them.
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sandbox.pandapon import pictures, png

if TYPE_CHECKING:
    from sandbox.pandapon.png import Pixel, Png

SAMPLES = 48  # points a side that are looked at
CELLS = 16  # a side of the compared outline
DIFFERENT = 36  # sum of the channels' differences from which a point is not the ground
OPAQUE = 128
STEP = 32  # colours within so much of each other are counted as one
SHAPE, COLOUR = 2.0, 1.0  # weights
FARTHEST = math.sqrt(3 * 255**2)


@dataclass(frozen=True, slots=True)
class Look:
    """What is compared: the cells of the outline that are covered, and the main colour."""

    outline: frozenset[tuple[int, int]]
    colour: tuple[float, float, float]

    def unlike(self, other: Look) -> float:
        """Return how far two looks are apart: 0 are equal ones, 3 is the most."""
        both = self.outline | other.outline
        shape = len(self.outline ^ other.outline) / len(both) if both else 1.0
        return SHAPE * shape + COLOUR * math.dist(self.colour, other.colour) / FARTHEST


def look_of(content: bytes) -> Look:
    """Return the look of a PNG. Raises NoPngError, also for a picture of one colour, on which nothing stands."""
    picture = png.read(content)
    points = {
        (column, row): picture.pixel(_at(column, picture.width), _at(row, picture.height))
        for column in range(SAMPLES)
        for row in range(SAMPLES)
    }
    ground = _ground(picture)
    covered = {place: pixel for place, pixel in points.items() if _stands_out(pixel, ground)}
    if not covered:
        raise png.NoPngError("there is nothing in the picture")
    return Look(_outline(set(covered)), _main_colour(list(covered.values())))


@cache
def look_of_kind(shape: str, colour: str) -> Look:
    """Return the look of a product's picture. Its outline is the same in each colour, and is drawn once."""
    return Look(_outline_of(shape), pictures.COLOURS[colour])


@cache
def _outline_of(shape: str) -> frozenset[tuple[int, int]]:
    return _outline(pictures.silhouette(shape, SAMPLES))


def _at(step: int, length: int) -> int:
    return min(length - 1, (2 * step + 1) * length // (2 * SAMPLES))


def _ground(picture: Png) -> Pixel:
    right, bottom = picture.width - 1, picture.height - 1
    corners = [picture.pixel(x, y) for x, y in ((0, 0), (right, 0), (0, bottom), (right, bottom))]
    return Counter(corners).most_common(1)[0][0]


def _stands_out(pixel: Pixel, ground: Pixel) -> bool:
    if pixel[3] < OPAQUE:
        return False
    return ground[3] < OPAQUE or sum(abs(one - two) for one, two in zip(pixel[:3], ground[:3], strict=True)) > DIFFERENT


def _outline(covered: set[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Return the covered cells of the smallest square around what is covered."""
    columns, rows = [place[0] for place in covered], [place[1] for place in covered]
    side = max(max(columns) - min(columns), max(rows) - min(rows)) + 1
    left, top = (min(columns) + max(columns) + 1 - side) / 2, (min(rows) + max(rows) + 1 - side) / 2
    cells = range(CELLS)
    return frozenset(
        (column, row)
        for column in cells
        for row in cells
        if (round(left + (column + 0.5) * side / CELLS - 0.5), round(top + (row + 0.5) * side / CELLS - 0.5)) in covered
    )


def _main_colour(pixels: list[Pixel]) -> tuple[float, float, float]:
    buckets = Counter(tuple(channel // STEP for channel in pixel[:3]) for pixel in pixels)
    bucket = buckets.most_common(1)[0][0]
    alike = [pixel for pixel in pixels if tuple(channel // STEP for channel in pixel[:3]) == bucket]
    red, green, blue = (sum(pixel[channel] for pixel in alike) / len(alike) for channel in range(3))
    return red, green, blue
