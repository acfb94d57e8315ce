"""The stand-in's search by picture: it looks at the picture, and is strict about everything else."""

from __future__ import annotations

import struct
import zlib
from base64 import b64encode
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from pandapon.errors import PandaPonError
from pandapon.models import PictureQuery
from pandapon.operations import goods
from pandapon.shipment import Platform
from sandbox.pandapon import likeness, pictures, png

if TYPE_CHECKING:
    from collections.abc import Callable

    from pandapon.client import PandaPon

CHINESE = {"red": "红色", "white": "白色", "blue": "蓝色", "black": "黑色"}


Pixels = list[list[tuple[int, int, int, int]]]


def pixels(kind: str, colour: str) -> Pixels:
    """The pixels of one of the stand-in's own pictures, every third of them."""
    picture = png.read(pictures.draw(kind, colour))
    return [[picture.pixel(x, y) for x in range(0, picture.width, 3)] for y in range(0, picture.height, 3)]


def encoded(rows: Pixels, *, way: int = 0, alpha: bool = False) -> bytes:
    """A PNG of the usual kind, whose rows are written with one of the five filters."""
    size, above, lines = 4 if alpha else 3, b"", []
    for row in rows:
        line = b"".join(bytes(pixel[:size]) for pixel in row)
        above = above or bytes(len(line))
        lines.append(
            bytes([way]) + bytes((line[at] - guess(way, line, above, at, size)) & 255 for at in range(len(line)))
        )
        above = line
    header = struct.pack(">IIBBBBB", len(rows[0]), len(rows), 8, 6 if alpha else 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(b"".join(lines))), (b"IEND", b""))
    return png.SIGNATURE + b"".join(
        struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data)) for name, data in parts
    )


def guess(way: int, line: bytes, above: bytes, at: int, size: int) -> int:
    left, up = (line[at - size] if at >= size else 0), above[at]
    corner = above[at - size] if at >= size else 0
    near = min((left, up, corner), key=lambda value: abs(left + up - corner - value))
    return (0, left, up, (left + up) // 2, near)[way]


def moved(rows: Pixels) -> Pixels:
    """Half as large, in the lower right corner of a larger ground."""
    ground = rows[0][0]
    small = [row[::2] for row in rows[::2]]
    return [[ground] * 150 for _ in range(60)] + [[ground] * (150 - len(row)) + row for row in small]


def on_white(rows: Pixels) -> Pixels:
    return [[(255, 255, 255, 255) if pixel == rows[0][0] else pixel for pixel in row] for row in rows]


def cut_out(rows: Pixels) -> Pixels:
    return [[(0, 0, 0, 0) if pixel == rows[0][0] else pixel for pixel in row] for row in rows]


@pytest.mark.parametrize("way", range(5))
def test_each_filter_of_png_is_undone(way: int) -> None:
    """The same pixels come out, with opacity and without."""
    rows = pixels("mug", "red")
    for alpha in (False, True):
        picture = png.read(encoded(rows, way=way, alpha=alpha))
        assert [[picture.pixel(x, y) for x in range(picture.width)] for y in range(picture.height)] == rows


@pytest.mark.parametrize("colour", CHINESE)
@pytest.mark.parametrize("kind", pictures.SHAPES)
def test_every_picture_finds_its_own(kind: str, colour: str) -> None:
    """Of all kinds and colours, the drawn one is the nearest."""
    features = likeness.features_of(pictures.draw(kind, colour))
    every = [(shape, tint) for shape in pictures.SHAPES for tint in CHINESE]
    assert min(every, key=lambda pair: features.distance(likeness.features_of_kind(*pair))) == (kind, colour)


@pytest.mark.parametrize(
    "change",
    [
        lambda rows: encoded(rows, way=4),
        lambda rows: encoded(moved(rows), way=1),
        lambda rows: encoded(on_white(rows), way=2),
        lambda rows: encoded(cut_out(rows), way=3, alpha=True),
    ],
)
async def test_another_picture_of_the_same(client: PandaPon, change: Callable[[Pixels], bytes]) -> None:
    """Saved anew, smaller and moved, on another ground, cut out: a red dress finds red dresses first."""
    for platform in Platform:
        page = await client.search_picture(platform, PictureQuery(change(pixels("dress", "red"))))
        assert "红色连衣裙" in page.items[0].title
        assert "马克杯" not in page.items[0].title + page.items[1].title


async def test_sorted_and_within_prices(client: PandaPon) -> None:
    """1688 does both, page by page."""
    query = PictureQuery(pictures.draw("dress", "red"), page_size=50)
    everything = (await client.search_picture(Platform.ALIBABA, query)).items
    cheapest = await client.search_picture(Platform.ALIBABA, PictureQuery(query.picture, page_size=50, sort="price"))
    assert [product.price for product in cheapest.items] == sorted(
        product.price for product in everything if product.price
    )
    limited = PictureQuery(query.picture, price_min=Decimal(30), price_max=Decimal(45), page_size=2, page=2)
    page = await client.search_picture(Platform.ALIBABA, limited)
    assert all(product.price and 30 <= product.price <= 45 for product in page.items)
    assert (page.page, page.page_size) == (2, 2)


@pytest.mark.parametrize(
    ("fields", "sentence"),
    [
        ({}, "imageBase64"),
        ({"imageBase64": 5}, "imageBase64"),
        ({"imageBase64": "not base64!"}, "imageBase64"),
        ({"imageBase64": b64encode(b"GIF89a").decode()}, "PNG"),
        ({"imageBase64": b64encode(pictures.draw("mug", "red")[:90]).decode()}, "PNG"),
        ({"imageBase64": b64encode(bytes(5 * 1024 * 1024 + 1)).decode()}, "5 MB"),
        ({"beginPage": "1"}, "beginPage"),
        ({"pageSize": 0}, "pageSize"),
        ({"priceStart": 5}, "priceStart"),
        ({"sort": "price"}, "sort"),
        ({"sort": '{"price":"up"}'}, "sort"),
        ({"categoryId": "7"}, "categoryId"),
        ({"country": 7}, "country"),
    ],
)
async def test_what_is_refused(client: PandaPon, fields: dict[str, Any], sentence: str) -> None:
    """A field of another type, a text that is no picture, a format that it cannot read, a picture without anything."""
    whole = {"imageBase64": b64encode(pictures.draw("mug", "red")).decode()} | fields if fields else {}
    with pytest.raises(PandaPonError, match=sentence):
        await client.call("1688.goods.image_search", body=whole)


def test_what_is_no_png() -> None:
    """Cut off, of another depth, too large, of one colour, with an unknown filter: an error of its own, no other."""
    whole = pictures.draw("mug", "red")
    rows = [[(1, 2, 3, 255)] * 4] * 4
    huge = png.SIGNATURE + struct.pack(">I", 13) + b"IHDR" + struct.pack(">IIBBBBB", 90_000, 90_000, 8, 2, 0, 0, 0)
    for content in (
        b"",
        whole[:40],
        whole[:200],
        huge + bytes(4),
        encoded(rows),
        encoded(rows).replace(b"IHDR", b"JHDR"),
    ):
        with pytest.raises(png.NoPngError):
            likeness.features_of(content)
    for depth in (1, 16):
        other = bytearray(whole)
        other[24] = depth
        with pytest.raises(png.NoPngError):
            png.read(bytes(other))


def test_a_request_hides_its_picture() -> None:
    """What is printed of a request holds no picture."""
    assert "aGk" not in repr(goods.SearchAlibabaImage(image_base64="aGk=")) + repr(PictureQuery(b"aGk="))
