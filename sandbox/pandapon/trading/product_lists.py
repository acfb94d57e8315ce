"""The lists of products beside the keyword search: by picture, of one store, related, selected; and categories."""

from __future__ import annotations

from base64 import b64decode
from typing import TYPE_CHECKING, Any

from pandapon.shipment import Platform
from sandbox.pandapon import replies
from sandbox.pandapon.goods import picture_features
from sandbox.pandapon.likeness import features_of
from sandbox.pandapon.png import NoPngError
from sandbox.pandapon.refusals import RefusedError
from sandbox.pandapon.trading.products import by_id, seller_id

if TYPE_CHECKING:
    from sandbox.pandapon.likeness import PictureFeatures
    from sandbox.pandapon.trading.account import Account
    from sandbox.pandapon.trading.fields import Fields
    from sandbox.pandapon.world import Goods

Json = dict[str, Any]
PAGE = 20
ALIKE = 1.0  # the largest distance at which a picture finds a product
MOST_BYTES = 5 * 1024 * 1024  # our own limit: the vendor states none


def image_search(account: Account, fields: Fields, platform: Platform) -> Json:
    """Search by picture: the products whose own pictures are most like it [inferred for Taobao, stated for 1688]."""
    wanted = _features(fields.words("imageBase64"))
    goods_of_platform = _goods_of(account, platform)
    distances = {goods.product_id: wanted.distance(picture_features(goods.product_id)) for goods in goods_of_platform}
    rows = [goods for goods in goods_of_platform if distances[goods.product_id] <= ALIKE]
    rows.sort(key=lambda goods: distances[goods.product_id])
    if platform is Platform.ALIBABA:
        rows = _filtered(rows, fields)
    return _page(account, rows, fields, platform)


def _features(base64: str) -> PictureFeatures:
    """Return the features of a picture. Raises RefusedError for text that is no picture, or one of another format."""
    try:
        content = b64decode(base64, validate=True)
    except ValueError:
        raise RefusedError(400, "参数错误: imageBase64") from None
    if len(content) > MOST_BYTES:
        raise RefusedError("IMAGE_TOO_LARGE", "图片不能超过 5 MB")
    try:
        return features_of(content)
    except NoPngError:
        raise RefusedError("IMAGE_FORMAT_ERROR", "图片无法识别，沙箱仅支持 PNG 格式") from None


def _filtered(rows: list[Goods], fields: Fields) -> list[Goods]:
    """Return the rows within the requested prices and order. Raises RefusedError for a field of a wrong type."""
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
    """1688 search in one store [stated]. A seller without goods is refused."""
    wanted = fields.id("sellerOpenId")
    rows = [goods for goods in _goods_of(account, Platform.ALIBABA) if seller_id(goods.seller) == wanted]
    if not rows:
        raise RefusedError("404", "店铺不存在")
    keyword = fields.optional("keyword")
    return _page(account, [goods for goods in rows if keyword in goods.title], fields, Platform.ALIBABA)


def related(account: Account, fields: Fields) -> Json:
    """The products of the same kind or seller. The request is stated, the answer ours [inferred]."""
    goods = by_id(account, Platform.ALIBABA, fields.id("offerId"))
    rows = [
        product
        for product in _goods_of(account, Platform.ALIBABA)
        if product.words == goods.words or product.seller == goods.seller
    ]
    return _page(account, [row for row in rows if row is not goods], fields, Platform.ALIBABA)


def selection(account: Account, fields: Fields) -> Json:
    """A list that 1688 selects, here its best-selling products. The operation is not published [inferred]."""
    keyword = fields.optional("keyword")
    rows = [
        goods
        for goods in _goods_of(account, Platform.ALIBABA)
        if replies.matches_search(goods, goods.platform, keyword, None, None)
    ]
    return _page(account, sorted(rows, key=lambda goods: -goods.sold), fields, Platform.ALIBABA)


def category(_account: Account, fields: Fields) -> list[Json]:
    """One category, or all of them for id 0. The operation is not published [inferred]."""
    names = {"1031910": "连衣裙", "7": "数码、电脑", "15": "日用百货"}
    wanted = fields.id("categoryId")
    if wanted != "0" and wanted not in names:
        raise RefusedError("404", "类目不存在")
    return [
        {"categoryId": int(number), "chineseName": name, "translatedName": None, "leaf": True, "parentCateId": 0}
        for number, name in names.items()
        if wanted in {"0", number}
    ]


def _goods_of(account: Account, platform: Platform) -> list[Goods]:
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
