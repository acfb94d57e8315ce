"""The search for products by words, sorted and within a range of prices, page by page."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from pandapon.shipment import Platform
from sandbox.pandapon import replies
from sandbox.pandapon.refusals import RefusedError

if TYPE_CHECKING:
    from sandbox.pandapon.world import World

MAX_PAGE, MAX_TAOBAO_PAGE = 50, 40  # Taobao's is stated, 1688's is ours


def search_products(world: World, platform: Platform, body: dict[str, Any], number: Any, pictures: str) -> Any:
    """Return one page of results. ``number``: the page number as sent.

    Raises RefusedError unless the page number and the page size are whole numbers of at least 1.
    """
    low, high = _amount(body.get("priceStart")), _amount(body.get("priceEnd"))
    keyword = str(body.get("keyword") or "")
    matching = [goods for goods in world.goods if replies.matches_search(goods, platform, keyword, low, high)]
    sort = str(body.get("sort") or "")
    if "price" in sort:
        matching.sort(key=lambda goods: goods.price, reverse="desc" in sort)
    elif sort:
        matching.sort(key=lambda goods: goods.sold, reverse=True)
    most = MAX_PAGE if platform is Platform.ALIBABA else MAX_TAOBAO_PAGE
    at, size = positive(number, 1), min(positive(body.get("pageSize"), 20), most)
    make = replies.product_1688 if platform is Platform.ALIBABA else replies.product_taobao
    rows = [make(goods, pictures) for goods in replies.page(matching, at, size)]
    total, pages = len(matching), -(-len(matching) // size)
    return {"totalRecords": total, "totalPage": pages, "pageSize": size, "currentPage": at, "data": rows}


def positive(value: Any, default: int) -> int:
    """Return a whole number of at least 1, or ``default`` for None. Raises RefusedError for anything else."""
    if value is None:
        return default
    if not str(value).isdecimal() or not int(value):
        raise RefusedError(400, "参数错误")
    return int(value)


def _amount(value: Any) -> Decimal | None:
    try:
        return Decimal(str(value)) if value is not None else None
    except InvalidOperation:
        return None
