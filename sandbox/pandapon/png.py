"""Reads PNG pictures: the common kinds of 8 bits, without interlacing. The stand-in knows no other format."""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    Pixel = tuple[int, int, int, int]

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MOST = 4 * 1024 * 1024  # bytes of the unpacked pixels
GREY, RGB, PALETTE, GREY_ALPHA, RGBA = 0, 2, 3, 4, 6
CHANNELS = {GREY: 1, RGB: 3, PALETTE: 1, GREY_ALPHA: 2, RGBA: 4}
NONE, SUB, UP, AVERAGE, PAETH = range(5)
DEPTH = 8


class NoPngError(ValueError):
    """The bytes are no PNG, or a PNG of a kind that is not read here."""


@dataclass(frozen=True, slots=True)
class Png:
    """An unpacked picture: rows of samples, and the palette if the samples are numbers of its colours."""

    width: int
    height: int
    kind: int
    rows: tuple[bytes, ...]
    palette: bytes = b""
    transparent: bytes = b""  # the opacity of the palette's first colours

    def pixel(self, x: int, y: int) -> Pixel:
        """Return red, green, blue and opacity, each 0 to 255."""
        size = CHANNELS[self.kind]
        sample = self.rows[y][x * size : (x + 1) * size]
        if self.kind == PALETTE:
            at = sample[0] * 3
            red, green, blue = self.palette[at : at + 3].ljust(3, b"\0")
            opacity = self.transparent[sample[0]] if sample[0] < len(self.transparent) else 255
            return red, green, blue, opacity
        if self.kind in {GREY, GREY_ALPHA}:
            return sample[0], sample[0], sample[0], sample[1] if self.kind == GREY_ALPHA else 255
        return sample[0], sample[1], sample[2], sample[3] if self.kind == RGBA else 255


def read(content: bytes) -> Png:
    """Unpack a PNG. Raises NoPngError."""
    try:
        return _read(content)
    except (struct.error, zlib.error, IndexError) as error:
        raise NoPngError("the PNG is damaged") from error


def _read(content: bytes) -> Png:
    if not content.startswith(SIGNATURE):
        raise NoPngError("no PNG")
    chunks = list(_chunks(content))
    if not chunks or chunks[0][0] != b"IHDR":
        raise NoPngError("the PNG has no header")
    width, height, depth, kind, _packing, _filter, interlaced = struct.unpack(">IIBBBBB", chunks[0][1])
    if depth != DEPTH or kind not in CHANNELS or interlaced or not (width and height):
        raise NoPngError("a PNG of another kind")
    length = (width * CHANNELS[kind] + 1) * height
    if length > MOST:
        raise NoPngError("the picture is too large")
    packed = b"".join(data for name, data in chunks if name == b"IDAT")
    unpacked = zlib.decompressobj().decompress(packed, length)
    if len(unpacked) != length:
        raise NoPngError("the PNG is cut off")
    by_name = dict(chunks)
    rows = tuple(_rows(unpacked, width * CHANNELS[kind], CHANNELS[kind]))
    transparent = by_name.get(b"tRNS", b"") if kind == PALETTE else b""
    return Png(width, height, kind, rows, by_name.get(b"PLTE", b""), transparent)


def _chunks(content: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = len(SIGNATURE)
    while at + 8 <= len(content):
        (length,) = struct.unpack(">I", content[at : at + 4])
        yield content[at + 4 : at + 8], content[at + 8 : at + 8 + length]
        at += length + 12  # the chunk's name, length and checksum


def _rows(unpacked: bytes, length: int, size: int) -> Iterator[bytes]:
    """Undo the filters, each of which predicts a byte from those to the left and above."""
    above = bytes(length)
    for start in range(0, len(unpacked), length + 1):
        above = _unfiltered(unpacked[start], bytearray(unpacked[start + 1 : start + 1 + length]), above, size)
        yield above


def _unfiltered(way: int, row: bytearray, above: bytes, size: int) -> bytes:
    if way > PAETH:
        raise NoPngError("an unknown filter")
    for at in range(len(row) if way != NONE else 0):
        left = row[at - size] if at >= size else 0
        if way == SUB:
            predicted = left
        elif way == UP:
            predicted = above[at]
        elif way == AVERAGE:
            predicted = (left + above[at]) // 2
        else:
            predicted = _paeth(left, above[at], above[at - size] if at >= size else 0)
        row[at] = (row[at] + predicted) & 255
    return bytes(row)


def _paeth(left: int, above: int, corner: int) -> int:
    guess = left + above - corner
    return min((left, above, corner), key=lambda value: abs(guess - value))
