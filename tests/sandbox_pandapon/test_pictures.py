"""The pictures of the products, looked at pixel by pixel."""

from __future__ import annotations

import struct
import zlib
from collections import Counter

import pytest

from sandbox.pandapon import pictures
from sandbox.pandapon.goods import catalogue, picture

COLOURS = {"红色": "red", "白色": "white", "蓝色": "blue", "黑色": "black"}


def pixels(png: bytes) -> tuple[int, int, Counter[tuple[int, int, int]]]:
    """Decode a PNG with a palette: width, height, and how often each colour occurs."""
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    chunks, at = {}, 8
    while at < len(png):
        (length,) = struct.unpack_from(">I", png, at)
        kind, content = png[at + 4 : at + 8], png[at + 8 : at + 8 + length]
        assert struct.unpack_from(">I", png, at + 8 + length)[0] == zlib.crc32(kind + content)
        chunks[kind] = content
        at += length + 12
    width, height, depth, colour_type = struct.unpack_from(">IIBB", chunks[b"IHDR"])
    assert (depth, colour_type) == (8, 3)
    rows = zlib.decompress(chunks[b"IDAT"])
    assert len(rows) == height * (width + 1)
    palette = [tuple(chunks[b"PLTE"][number : number + 3]) for number in range(0, len(chunks[b"PLTE"]), 3)]
    counts = Counter(palette[index] for row in range(height) for index in rows[row * (width + 1) + 1 :][:width])
    return width, height, counts  # type: ignore[return-value]  # each colour has three parts


def test_each_product_is_drawn_in_the_colour_of_its_title() -> None:
    """A red dress is red: most of what is drawn has the colour that the title names."""
    for goods in catalogue():
        width, height, counts = pixels(picture(goods.product_id))
        drawn = Counter({colour: count for colour, count in counts.items() if colour != pictures.GROUND})
        [name] = [english for chinese, english in COLOURS.items() if chinese in goods.title]
        assert drawn.most_common(1)[0][0] == pictures.COLOURS[name], goods.title
        assert (width, height) == (pictures.SIDE, pictures.SIDE)
        assert 0.1 < drawn.total() / (width * height) < 0.8, goods.title


def test_no_two_kinds_look_alike() -> None:
    """Each silhouette differs from the others, and each colour of one too."""
    drawn = {pictures.draw(shape, colour) for shape in pictures.SHAPES for colour in pictures.COLOURS}
    assert len(drawn) == len(pictures.SHAPES) * len(pictures.COLOURS)


@pytest.mark.parametrize("product_id", ["", "A999-1688-demo", "x" * 300, "../../etc/passwd", "A-01-1688-demo"])
def test_an_unknown_product_is_a_carton(product_id: str) -> None:
    """A picture of anything else is a plain box, whatever the address says."""
    assert picture(product_id) == pictures.draw("carton", "plain")
