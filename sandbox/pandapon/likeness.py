"""How alike two pictures are, by the outline and the main colour of the object in them.

The object may be larger, smaller or elsewhere. The background is the most frequent colour of the four corners. This is
enough to find the stand-in's own products by their pictures, by photos of the screen, and by similar drawings.
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

SAMPLES = 48  # sampled points on each side
CELLS = 16  # cells on each side of the compared outline
DIFFERENT = 36  # a point belongs to the object if its channels differ from the background by more than this in all
OPAQUE = 128
STEP = 32  # width of the ranges in which colours count as one colour
SHAPE, COLOUR = 2.0, 1.0  # weights
FARTHEST = math.sqrt(3 * 255**2)


@dataclass(frozen=True, slots=True)
class PictureFeatures:
    """The compared features of a picture: the cells that the object covers, and its main colour."""

    outline: frozenset[tuple[int, int]]
    colour: tuple[float, float, float]

    def distance(self, other: PictureFeatures) -> float:
        """Return the distance of two pictures, from 0 for equal ones to 3."""
        union = self.outline | other.outline
        shape = len(self.outline ^ other.outline) / len(union) if union else 1.0
        return SHAPE * shape + COLOUR * math.dist(self.colour, other.colour) / FARTHEST


def features_of(content: bytes) -> PictureFeatures:
    """Return the features of a PNG. Raises NoPngError, also for a picture of one colour, which shows no object."""
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
    return PictureFeatures(_outline(set(covered)), _main_colour(list(covered.values())))


@cache
def features_of_kind(shape: str, colour: str) -> PictureFeatures:
    """Return the features of a product's picture. The outline does not depend on the colour, and is drawn once."""
    return PictureFeatures(_outline_of(shape), pictures.COLOURS[colour])


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
    if ground[3] < OPAQUE:
        return True
    return sum(abs(channel - base) for channel, base in zip(pixel[:3], ground[:3], strict=True)) > DIFFERENT


def _outline(covered: set[tuple[int, int]]) -> frozenset[tuple[int, int]]:
    """Return the covered cells of the smallest square around the covered points."""
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
