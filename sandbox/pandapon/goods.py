"""The catalogue: eighty products on both platforms. Pictures are drawn here, so no network is needed."""

from __future__ import annotations

import struct
import zlib
from decimal import Decimal
from functools import cache

from pandapon.shipment import Platform
from sandbox.pandapon.world import Goods

# The address of the pictures in the demo. The bot demands a public name; this one is reserved, and the page draws them.
PICTURES = "https://pictures.pandapon.example"
# (title, price in yuan, seller), written by us in the manner of the two marketplaces
_KINDS: tuple[tuple[str, str, str], ...] = (
    ("夏季新款{}连衣裙 碎花雪纺中长款", "36.80", "杭州锦绣服饰厂"),
    ("法式{}连衣裙 收腰显瘦气质长裙", "52.00", "广州晨曦服饰厂"),
    ("儿童{}连衣裙 纯棉公主裙", "24.50", "湖州织里童装厂"),
    ("{}手机壳 适用多机型 防摔软壳", "4.90", "深圳优品电子商行"),
    ("{}陶瓷马克杯 带盖勺 可印图案", "8.60", "潮州百盛陶瓷厂"),
    ("{}数据线 快充 一米 编织", "3.20", "东莞优品电子商行"),
    ("{}全棉面料 斜纹布 按米批发", "11.50", "绍兴锦绣纺织"),
    ("{}毛绒玩具 小熊公仔 定制", "15.90", "扬州晨曦玩具厂"),
    ("{}螺丝刀套装 家用维修工具", "19.90", "永康百盛五金"),
    ("{}快递纸箱 五层加硬 包装盒", "1.35", "义乌百盛包装"),
)
_COLOURS = ("红色", "白色", "蓝色", "黑色")


@cache
def catalogue() -> tuple[Goods, ...]:
    """Return forty products of each platform, the same ones at every start."""
    goods = []
    for platform in Platform:
        for row, (title, price, seller) in enumerate(_KINDS):
            for column, colour in enumerate(_COLOURS):
                number = row * len(_COLOURS) + column
                factor = Decimal(1) + Decimal(column) / 10 + (Decimal("0.3") if platform is Platform.TAOBAO else 0)
                goods.append(
                    Goods(
                        platform,
                        f"{'A' if platform is Platform.ALIBABA else 'T'}{number:03d}-{platform.value}-demo",
                        title.format(colour),
                        (Decimal(price) * factor).quantize(Decimal("0.01")),
                        seller,
                        sold=(number * 137 + 41) % 5000,
                    )
                )
    return tuple(goods)


def picture(product_id: str, side: int = 96) -> bytes:
    """Draw a PNG of ``side`` pixels: a square with a band, in colours that follow from the id."""
    seed = zlib.crc32(product_id.encode())
    ground = bytes(160 + (seed >> shift) % 80 for shift in (0, 8, 16))
    band = bytes(40 + (seed >> shift) % 120 for shift in (4, 12, 20))
    rows = b"".join(
        b"\0" + (band if abs(line - side // 2) < side // (3 + seed % 5) else ground) * side for line in range(side)
    )
    header = struct.pack(">IIBBBBB", side, side, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", zlib.compress(rows)) + _chunk(b"IEND", b"")


def _chunk(kind: bytes, content: bytes) -> bytes:
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))
