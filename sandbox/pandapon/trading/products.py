"""Products in detail: variants with price and stock, prices by quantity, and the smallest quantity."""

from __future__ import annotations

import hashlib
from base64 import b64decode
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pandapon.shipment import Platform
from sandbox.pandapon import replies, variants
from sandbox.pandapon.goods import OWN_NUMBERS, look
from sandbox.pandapon.likeness import look_of
from sandbox.pandapon.png import NoPngError
from sandbox.pandapon.refusals import RefusedError

if TYPE_CHECKING:
    from sandbox.pandapon.likeness import Look
    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.trading.fields import Fields
    from sandbox.pandapon.world import Goods

Json = dict[str, Any]
TIERS = ((2, Decimal(1)), (100, Decimal("0.95")), (1000, Decimal("0.9")))  # from a quantity on, the share of the price
PAGE = 20
ALIKE = 1.0  # products that are further apart are not found by a picture
MOST_BYTES = 5 * 1024 * 1024  # ours: the vendor says no limit


@dataclass(frozen=True, slots=True)
class Sku:
    """A variant of a product; ``stock`` is what there was at the start."""

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
    """Return the price of a piece, in yuan: 1688's falls with the quantity."""
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
    """Return a product. Raises RefusedError."""
    known = {goods.product_id: goods for goods in account.world.goods if goods.platform is platform}
    found = known.get(product_id) or known.get(OWN_NUMBERS.get(product_id, ""))
    if found is None:
        raise RefusedError("404", "商品不存在或已下架")
    return found


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
    """Taobao products by ids: those that can be bought, and why others cannot [stated for v1]."""
    found, missing = [], []
    for row in fields.json("params").rows("params"):
        try:
            found.append(_taobao(account, by_id(account, Platform.TAOBAO, row.id("itemId"))))
        except RefusedError as error:
            missing.append((row.id("itemId"), error.text))
    return {
        "mpProducts": found,
        "noMpProductItemIds": [item for item, _reason in missing],
        "noMpReasonList": [reason for _item, reason in missing],
    }


def get_1688(account: Account, fields: Fields) -> Json:
    """1688 product by id; v2's name of the id is inferred, v1's is taken, too."""
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
        "productImage": {"images": [_picture(account, goods)]},
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
                    {"attributeName": "颜色", "value": goods.colour, "skuImageUrl": _picture(account, goods)},
                    {"attributeName": "尺码", "value": sku.size, "skuImageUrl": None},
                ],
            }
            for sku in skus(goods)
        ],
        "productShippingInfo": {"sendGoodsAddressText": goods.seller[:2], "weight": 0.3},
    }


def image_search(account: Account, fields: Fields, platform: Platform) -> Json:
    """Search by picture: the products whose own pictures are most like it. Both platforms take the same picture."""
    wanted = _look(fields.words("imageBase64"))
    unlike = {goods.product_id: wanted.unlike(look(goods.product_id)) for goods in _of(account, platform)}
    rows = [goods for goods in _of(account, platform) if unlike[goods.product_id] <= ALIKE]
    rows.sort(key=lambda goods: unlike[goods.product_id])
    if platform is Platform.ALIBABA:
        rows = _filtered(rows, fields)
    return _page(account, rows, fields, platform)


def _look(base64: str) -> Look:
    """Return the look of a picture. Raises RefusedError for text that is no picture, or one of another format."""
    try:
        content = b64decode(base64, validate=True)
    except ValueError:
        raise RefusedError(400, "参数错误: imageBase64") from None
    if len(content) > MOST_BYTES:
        raise RefusedError("IMAGE_TOO_LARGE", "图片不能超过 5 MB")
    try:
        return look_of(content)
    except NoPngError:
        raise RefusedError("IMAGE_FORMAT_ERROR", "图片无法识别，沙箱仅支持 PNG 格式") from None


def _filtered(rows: list[Goods], fields: Fields) -> list[Goods]:
    """Return the rows within the price limits, sorted as asked. Raises RefusedError for fields of a wrong type."""
    for name in ("country", "region", "filter", "imageAddress", "outMemberId"):
        fields.optional(name)
    if "categoryId" in fields:
        fields.number("categoryId")
    low = fields.yuan("priceStart") if "priceStart" in fields else None
    high = fields.yuan("priceEnd") if "priceEnd" in fields else None
    rows = [goods for goods in rows if (low is None or low <= goods.price) and (high is None or goods.price <= high)]
    if "sort" in fields:
        sort = fields.json("sort").part("sort")
        name = next((name for name in ("price", "monthSold") if name in sort), "")
        way = sort.words(name) if name else ""
        if way not in {"asc", "desc"}:
            raise RefusedError(400, "参数错误: sort")
        rows.sort(key=lambda goods: goods.price if name == "price" else goods.sold, reverse=way == "desc")
    return rows


def store(account: Account, fields: Fields) -> Json:
    """1688 search in one store. A seller without goods is refused."""
    wanted = fields.id("sellerOpenId")
    rows = [goods for goods in _of(account, Platform.ALIBABA) if seller_id(goods.seller) == wanted]
    if not rows:
        raise RefusedError("404", "店铺不存在")
    keyword = fields.optional("keyword")
    return _page(account, [goods for goods in rows if keyword in goods.title], fields, Platform.ALIBABA)


def related(account: Account, fields: Fields) -> Json:
    """The products of the same kind."""
    goods = by_id(account, Platform.ALIBABA, fields.id("offerId"))
    rows = [
        product
        for product in _of(account, Platform.ALIBABA)
        if product.words == goods.words or product.seller == goods.seller
    ]
    return _page(account, [row for row in rows if row is not goods], fields, Platform.ALIBABA)


def selection(account: Account, fields: Fields) -> Json:
    """A list that 1688 selects: its best-selling products."""
    keyword = fields.optional("keyword")
    rows = [
        goods
        for goods in _of(account, Platform.ALIBABA)
        if replies.matches_search(goods, goods.platform, keyword, None, None)
    ]
    return _page(account, sorted(rows, key=lambda goods: -goods.sold), fields, Platform.ALIBABA)


def category(_account: Account, fields: Fields) -> list[Json]:
    """One category, or the top ones for id 0."""
    names = {"1031910": "连衣裙", "7": "数码、电脑", "15": "日用百货"}
    wanted = fields.id("categoryId")
    if wanted != "0" and wanted not in names:
        raise RefusedError("404", "类目不存在")
    return [
        {"categoryId": int(number), "chineseName": name, "translatedName": None, "leaf": True, "parentCateId": 0}
        for number, name in names.items()
        if wanted in {"0", number}
    ]


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
        "picUrls": [_picture(account, goods)],
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
                "picUrl": _picture(account, goods),
                "properties": sku.variant,
            }
            for sku in skus(goods)
        ],
    }


def _of(account: Account, platform: Platform) -> list[Goods]:
    return [goods for goods in account.world.goods if goods.platform is platform]


def _page(account: Account, rows: list[Goods], fields: Fields, platform: Platform) -> Json:
    name = next((name for name in ("beginPage", "pageNo") if name in fields), "")
    number = fields.number(name, least=1) if name else 1
    size = fields.number("pageSize", least=1, most=50) if "pageSize" in fields else PAGE
    make = replies.product_1688 if platform is Platform.ALIBABA else replies.product_taobao
    return {
        "totalRecords": len(rows),
        "totalPage": -(-len(rows) // size),
        "pageSize": size,
        "currentPage": number,
        "data": [make(goods, account.pictures) for goods in replies.page(rows, number, size)],
    }


def _picture(account: Account, goods: Goods) -> str:
    return f"{account.pictures}/img/{goods.product_id}.png"
