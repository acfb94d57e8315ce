"""The catalogue: nearly a hundred products on both platforms, and the words that find them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import TYPE_CHECKING

from pandapon.shipment import Platform
from sandbox.pandapon import pictures
from sandbox.pandapon.likeness import features_of_kind
from sandbox.pandapon.world import Goods

if TYPE_CHECKING:
    from sandbox.pandapon.likeness import PictureFeatures

# The address of the pictures in the demo. The bot accepts public names only, so this one is a name that is reserved for
# examples; the page draws the pictures itself.
PICTURES_HOST = "pictures.pandapon.example"
PICTURES = f"https://{PICTURES_HOST}"
_PRODUCT_ID = re.compile(r"[AT](\d{3})-(?:1688|taobao)-demo")


# The marketplaces' own numbers in the examples of the README and the help, and the products that they find.
OWN_NUMBERS = {"712345678901": "A000-1688-demo", "610947572360": "T000-taobao-demo"}


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of product: its silhouette, title, price in yuan, seller, and the other words by which buyers search."""

    shape: str
    title: str
    price: str
    seller: str
    words: str


# Titles and sellers are invented, in the style of the two marketplaces.
_DRESS, _CASE = "裙子 女装 dress เดรส ชุดกระโปรง", "手机套 phone case cover เคสมือถือ"
_BAG = "袋子 手提包 购物袋 canvas tote bag กระเป๋า ถุงผ้า"
_KINDS: tuple[Kind, ...] = (
    Kind("dress", "夏季新款{}连衣裙 碎花雪纺中长款", "36.80", "杭州锦绣服饰厂", f"{_DRESS} summer chiffon"),
    Kind("long dress", "法式{}连衣裙 收腰显瘦气质长裙", "52.00", "广州晨曦服饰厂", f"{_DRESS} french"),
    Kind("child dress", "儿童{}连衣裙 纯棉公主裙", "24.50", "湖州织里童装厂", f"{_DRESS} 童装 kids child"),
    Kind("phone case", "{}手机壳 适用多机型 防摔软壳", "4.90", "深圳优品电子商行", _CASE),
    Kind("mug", "{}陶瓷马克杯 带盖勺 可印图案", "8.60", "潮州百盛陶瓷厂", "杯子 咖啡杯 coffee mug cup แก้ว"),
    Kind("cable", "{}数据线 快充 一米 编织", "3.20", "东莞优品电子商行", "充电线 usb charging cable cord สายชาร์จ"),
    Kind("fabric", "{}全棉面料 斜纹布 按米批发", "11.50", "绍兴锦绣纺织", "布料 cotton fabric cloth ผ้า"),
    Kind("bear", "{}毛绒玩具 小熊公仔 定制", "15.90", "扬州晨曦玩具厂", "玩偶 plush teddy bear toy ตุ๊กตาหมี"),
    Kind("screwdriver", "{}螺丝刀套装 家用维修工具", "19.90", "永康百盛五金", "起子 screwdriver tool ไขควง"),
    Kind("carton", "{}快递纸箱 五层加硬 包装盒", "1.35", "义乌百盛包装", "盒子 shipping carton box กล่อง"),
    Kind("earphones", "{}头戴式耳机 蓝牙无线 降噪", "45.00", "深圳优品电子商行", "headphones earphones หูฟัง"),
    Kind("bag", "{}帆布包 单肩大容量 可印字", "9.80", "义乌晨曦箱包厂", _BAG),
)
# The colour in titles, its name for the picture, and its Thai name for the search.
_COLOURS = (("红色", "red", "สีแดง"), ("白色", "white", "สีขาว"), ("蓝色", "blue", "สีน้ำเงิน"), ("黑色", "black", "สีดำ"))
# The first search that is suggested in each language: all of them find the dresses.
FIRST_SEARCH = {"zh": "连衣裙", "en": "red dress", "th": "เดรส"}
MORE_SEARCHES = {
    "zh": ("杯子", "数据线", "耳机", "帆布包"),
    "en": ("mug", "usb cable", "headphones", "tote bag"),
    "th": ("แก้ว", "สายชาร์จ", "หูฟัง", "กระเป๋า"),
}

# Pictures to search by, for a visitor who has none: the product's id, and the name that the page shows.
PICTURES_TO_TRY = {
    "A000-1688-demo": "Red dress",
    "A018-1688-demo": "Blue mug",
    "A043-1688-demo": "Black headphones",
    "A045-1688-demo": "White bag",
}


@cache
def catalogue() -> tuple[Goods, ...]:
    """Return forty-eight products of each platform, the same ones at every start."""
    goods = []
    for platform in Platform:
        for row, kind in enumerate(_KINDS):
            for column, (colour, english, thai) in enumerate(_COLOURS):
                number = row * len(_COLOURS) + column
                factor = Decimal(1) + Decimal(column) / 10 + (Decimal("0.3") if platform is Platform.TAOBAO else 0)
                goods.append(
                    Goods(
                        platform,
                        f"{'A' if platform is Platform.ALIBABA else 'T'}{number:03d}-{platform.value}-demo",
                        kind.title.format(colour),
                        (Decimal(kind.price) * factor).quantize(Decimal("0.01")),
                        kind.seller,
                        sold=(number * 137 + 41) % 5000,
                        least=1 if platform is Platform.TAOBAO else 2,
                        place=kind.seller[:2],  # the sellers' names begin with their city
                        words=f"{kind.words} {english} {thai}",
                        colour=colour,
                    )
                )
    return tuple(goods)


def picture(product_id: str) -> bytes:
    """Return the PNG of a product of the catalogue; for any other product, of a plain carton."""
    return pictures.draw(*_drawn(product_id))


def picture_features(product_id: str) -> PictureFeatures:
    """Return the features of :func:`picture`, for the search by picture."""
    return features_of_kind(*_drawn(product_id))


def _drawn(product_id: str) -> tuple[str, str]:
    """Return the silhouette and colour of a product."""
    known = _PRODUCT_ID.fullmatch(product_id)
    row, column = divmod(int(known[1]) if known else len(_KINDS) * len(_COLOURS), len(_COLOURS))
    return ("carton", "plain") if row >= len(_KINDS) else (_KINDS[row].shape, _COLOURS[column][1])
