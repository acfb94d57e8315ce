"""Products in detail: variants with price and stock, prices by quantity, and the smallest quantity.

:mod:`sandbox.pandapon.trading.product_lists` has the lists: search by picture, one store, selections, categories.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pandapon.shipment import Platform
from sandbox.pandapon import variants
from sandbox.pandapon.goods import OWN_NUMBERS
from sandbox.pandapon.refusals import RefusedError

if TYPE_CHECKING:
    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.trading.fields import Fields
    from sandbox.pandapon.world import Goods

Json = dict[str, Any]
TIERS = ((2, Decimal(1)), (100, Decimal("0.95")), (1000, Decimal("0.9")))  # a quantity, and the factor on the price


@dataclass(frozen=True, slots=True)
class Sku:
    """A variant of a product. ``stock``: the pieces at the start."""

    goods: Goods
    sku_id: str
    spec_id: str
    size: str
    stock: int

    @property
    def variant(self) -> str:
        """Colour and size, as an order shows them."""
        return f"{self.goods.colour} / {self.size}" if self.goods.colour else self.size


def minimum(goods: Goods) -> int:
    """Return the smallest quantity that is sold."""
    return TIERS[0][0] if goods.platform is Platform.ALIBABA else 1


def price(goods: Goods, quantity: int) -> Decimal:
    """Return the price of a piece in yuan. On 1688 it falls with the quantity."""
    if goods.platform is Platform.TAOBAO:
        return goods.price
    share = next((share for least, share in reversed(TIERS) if quantity >= least), Decimal(1))
    return (goods.price * share).quantize(Decimal("0.01"))


def skus(goods: Goods) -> tuple[Sku, ...]:
    """Return a product's variants, the same at every start."""
    mark = variants.mark(goods.product_id)
    base = int(mark[:9], 16)
    return tuple(
        Sku(
            goods,
            variants.sku_id(goods.product_id, at),
            f"{mark[:31]}{at}",
            size,
            20 + (base + at * 137) % 480,
        )
        for at, size in enumerate(variants.SIZES)
    )


def seller_id(seller: str) -> str:
    """Return the opaque id of a seller."""
    return f"BBB{hashlib.sha256(seller.encode()).hexdigest()[:20]}"


def by_id(account: Account, platform: Platform, product_id: str) -> Goods:
    """Return a product by its opaque id or the marketplace's own number. Raises RefusedError for an unknown one."""
    known = {goods.product_id: goods for goods in account.world.goods if goods.platform is platform}
    goods = known.get(product_id) or known.get(OWN_NUMBERS.get(product_id, ""))
    if goods is None:
        raise RefusedError("404", "商品不存在或已下架")
    return goods


def variant_of(account: Account, platform: Platform, product_id: str, sku_or_spec: str) -> Sku:
    """Return a variant by its sku id or spec id. Raises RefusedError for an unknown product or variant."""
    goods = by_id(account, platform, product_id)
    for sku in skus(goods):
        if sku_or_spec in {sku.sku_id, sku.spec_id}:
            return sku
    raise RefusedError("SKU_NOT_EXIST", "商品规格不存在")


# --- operations -------------------------------------------------------------------------------------------------------


def get_taobao(account: Account, fields: Fields) -> Json:
    """Taobao product by id [stated for v1]."""
    return _taobao(account, by_id(account, Platform.TAOBAO, fields.id("itemId")))


def check_taobao(account: Account, fields: Fields) -> Json:
    """Taobao products by ids: the products that can be bought, and the reasons why others cannot [stated for v1]."""
    available, missing = [], []
    for row in fields.json("params").rows("params"):
        try:
            available.append(_taobao(account, by_id(account, Platform.TAOBAO, row.id("itemId"))))
        except RefusedError as error:
            missing.append((row.id("itemId"), error.text))
    return {
        "mpProducts": available,
        "noMpProductItemIds": [item for item, _reason in missing],
        "noMpReasonList": [reason for _item, reason in missing],
    }


def get_1688(account: Account, fields: Fields) -> Json:
    """1688 product by id. v2's name of the id is [inferred]; v1's is accepted, too [stated for v1]."""
    name = "offerMapId" if "offerMapId" in fields else "offerId"
    goods = by_id(account, Platform.ALIBABA, fields.id(name))
    tiers = [{"startQuantity": least, "price": str(price(goods, least))} for least, _share in TIERS]
    return {
        "offerId": goods.product_id,
        "offerMapId": goods.product_id,
        "categoryId": 1031910,
        "categoryName": None,
        "subject": goods.title,
        "subjectTrans": goods.words.split(" ")[0] if goods.words else None,
        "description": f"<p>{goods.title}</p>",
        "productImage": {"images": [_picture_url(account, goods)]},
        "minOrderQuantity": minimum(goods),
        "sellerOpenId": seller_id(goods.seller),
        "companyName": goods.seller,
        "soldOut": str(goods.sold),
        "productSaleInfo": {
            "amountOnSale": sum(account.stock(sku) for sku in skus(goods)),
            "priceRangeList": tiers,
            "quoteType": 2,
            "unitInfo": {"unit": "件", "transUnit": "piece"},
        },
        "productSkuInfos": [
            {
                "skuId": int(sku.sku_id),
                "specId": sku.spec_id,
                "amountOnSale": account.stock(sku),
                "price": str(goods.price),
                "skuAttributes": [
                    {"attributeName": "颜色", "value": goods.colour, "skuImageUrl": _picture_url(account, goods)},
                    {"attributeName": "尺码", "value": sku.size, "skuImageUrl": None},
                ],
            }
            for sku in skus(goods)
        ],
        "productShippingInfo": {"sendGoodsAddressText": goods.seller[:2], "weight": 0.3},
    }


def _taobao(account: Account, goods: Goods) -> Json:
    return {
        "itemId": goods.product_id,
        "mpId": f"M{goods.product_id}",
        "title": goods.title,
        "description": None,
        "price": str(goods.price),
        "promotionPrice": str(goods.price),
        "quantity": sum(account.stock(sku) for sku in skus(goods)),
        "status": 1,
        "picUrls": [_picture_url(account, goods)],
        "categoryId": 16,
        "categoryName": None,
        "shopId": seller_id(goods.seller),
        "shopName": goods.seller,
        "userNick": goods.seller,
        "itemType": "taobao",
        "beginAmount": minimum(goods),
        "productUnit": "件",
        "skuList": [
            {
                "skuId": int(sku.sku_id),
                "mpSkuId": f"M{sku.sku_id}",
                "price": str(goods.price),
                "promotionPrice": str(goods.price),
                "quantity": account.stock(sku),
                "status": 1,
                "picUrl": _picture_url(account, goods),
                "properties": sku.variant,
            }
            for sku in skus(goods)
        ],
    }


def _picture_url(account: Account, goods: Goods) -> str:
    return f"{account.pictures}/img/{goods.product_id}.png"
