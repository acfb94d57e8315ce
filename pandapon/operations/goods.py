"""Products: search by words, by picture and in a store, a product, related products, and the platforms' selections."""

from __future__ import annotations

from base64 import b64encode
from typing import TYPE_CHECKING, Any

from pydantic import Field

from pandapon import alibaba, products, shapes, taobao
from pandapon.operations.answers import (
    Amounts,
    Answer,
    Count,
    Flag,
    Link,
    Many,
    Number,
    One,
    Plain,
    Rows,
    Text,
    Texts,
    Yuan,
)
from pandapon.operations.operation import Operation
from pandapon.operations.requests import AsJson, Id, InYuan, Keyword, PageNumber, PageSize, Request, Words
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from pandapon.models import Page, PictureQuery, Product, ProductQuery
    from pandapon.products import ProductDetail

ALIBABA_SORTS = {"price": {"price": "asc"}, "-price": {"price": "desc"}, "sales": {"monthSold": "desc"}}  # [upstream]
TAOBAO_SORTS = {"price": "price_asc", "-price": "price_desc", "sales": "total_sales_des"}  # [inferred]
MAX_TAOBAO_PAGE = 40  # [stated]


def _base64(picture: bytes) -> str:
    return b64encode(picture).decode("ascii")


# --- requests ---------------------------------------------------------------------------------------------------------


class ProductId(Request):
    """One Taobao product [stated]. ``item_id``: the opaque id of API v2."""

    item_id: Id


class CheckedProduct(Request):
    """A product to be checked, and its variants [stated for v1]."""

    item_id: Id
    sku_ids: tuple[Id, ...] = ()


class CheckProducts(Request):
    """Several Taobao products to be checked, as a JSON text within the JSON [stated for v1]."""

    params: AsJson[tuple[CheckedProduct, ...]] = Field(min_length=1, max_length=100)


class SearchTaobao(Request):
    """A keyword search [stated]. The price range is [inferred], so the answer is filtered by it, too."""

    keyword: Keyword
    page_no: PageNumber = 1
    page_size: PageSize = 10
    sort: Words | None = None
    price_start: InYuan | None = None
    price_end: InYuan | None = None

    @classmethod
    def of(cls, query: ProductQuery) -> SearchTaobao:
        """Make Taobao's request of a search that both platforms have."""
        return cls(
            keyword=query.keyword,
            page_no=query.page,
            page_size=min(query.page_size, MAX_TAOBAO_PAGE),
            sort=TAOBAO_SORTS[query.sort] if query.sort else None,
            price_start=query.price_min,
            price_end=query.price_max,
        )


class SearchTaobaoImage(Request):
    """A search by picture. The request is not published: the fields are those of 1688's [inferred]."""

    image_base64: str = Field(min_length=1, repr=False)
    page_no: PageNumber = 1
    page_size: PageSize = 10

    @classmethod
    def of(cls, query: PictureQuery) -> SearchTaobaoImage:
        """Make Taobao's request of a search that both platforms have; its names for sorting and prices are unknown."""
        return cls(
            image_base64=_base64(query.picture), page_no=query.page, page_size=min(query.page_size, MAX_TAOBAO_PAGE)
        )


class _AlibabaSearch(Request):
    """The fields that 1688's searches have in common [stated]."""

    begin_page: PageNumber = 1
    page_size: PageSize = 10
    country: Words = "en"
    filter: Words | None = None  # e.g. "shipInToday,ksCiphertext"
    sort: AsJson[dict[str, str]] | None = None
    price_start: InYuan | None = None
    price_end: InYuan | None = None
    category_id: int | None = None
    out_member_id: Id | None = None


class SearchAlibaba(_AlibabaSearch):
    """A keyword search [stated]."""

    keyword: Keyword

    @classmethod
    def of(cls, query: ProductQuery) -> SearchAlibaba:
        """Make 1688's request of a search that both platforms have."""
        return cls(
            keyword=query.keyword,
            begin_page=query.page,
            page_size=query.page_size,
            sort=ALIBABA_SORTS[query.sort] if query.sort else None,
            price_start=query.price_min,
            price_end=query.price_max,
        )


class SearchAlibabaImage(_AlibabaSearch):
    """A search by picture, as base64 of a JPEG or PNG [stated]."""

    image_base64: str = Field(min_length=1, repr=False)
    region: Words | None = None
    image_address: Words | None = None

    @classmethod
    def of(cls, query: PictureQuery) -> SearchAlibabaImage:
        """Make 1688's request of a search that both platforms have."""
        return cls(
            image_base64=_base64(query.picture),
            begin_page=query.page,
            page_size=query.page_size,
            sort=ALIBABA_SORTS[query.sort] if query.sort else None,
            price_start=query.price_min,
            price_end=query.price_max,
        )


class SearchStore(_AlibabaSearch):
    """A search in one seller's store [stated]. ``seller_open_id``: the id that a product names for its seller."""

    seller_open_id: Id
    keyword: Words | None = None


class Offer(Request):
    """One 1688 product [stated for v1]. v2 probably has ``offerMapId`` instead [inferred], so both are sent."""

    offer_id: Id
    offer_map_id: Id | None = None
    country: Words = "en"
    out_member_id: Id | None = None

    def wire(self, amounts: Amounts = "fen") -> dict[str, Any]:
        """The fields that are set, under the API's names; the id is sent under both of its possible names."""
        return super().wire(amounts) | {"offerMapId": self.offer_map_id or self.offer_id}


class Related(Request):
    """A product whose related products are wanted [stated]. ``language``: en or vi."""

    offer_id: Id
    page_no: PageNumber = 1
    page_size: PageSize = 10
    language: Words = "en"


class Category(Request):
    """One category of 1688. The request is not published: the names are the upstream's [inferred]."""

    category_id: Id
    language: Words = "en"


class Selection(Request):
    """Products that 1688 selects, with or without a keyword. The names are those of the keyword search [inferred]."""

    keyword: Words | None = None
    begin_page: PageNumber = 1
    page_size: PageSize = 10
    country: Words = "en"
    category_id: Id | None = None


# --- answers ----------------------------------------------------------------------------------------------------------


class TaobaoSku(Answer):
    """A variant of a Taobao product [stated for v1]."""

    sku_id: Text = ""
    mp_sku_id: Text = ""
    price: Yuan = None
    promotion_price: Yuan = None
    quantity: Count = None
    status: Text = ""
    pic_url: Link = ""
    properties: Plain = ""


class TaobaoProduct(Answer):
    """A Taobao product [stated for v1]. Its prices are read as yuan [inferred]: the vendor does not name the unit."""

    item_id: Text = ""
    mp_id: Text = ""
    title: Plain = ""
    price: Yuan = None
    promotion_price: Yuan = None
    quantity: Count = None
    status: Text = ""
    pic_urls: Texts = ()
    category_id: Text = ""
    category_name: Plain = ""
    category_path: Plain = ""
    shop_id: Text = ""
    shop_name: Plain = ""
    user_nick: Plain = ""
    item_type: Text = ""
    begin_amount: Count = None  # the smallest quantity that can be bought
    product_unit: Plain = ""
    sku_list: Rows[TaobaoSku] = ()


class CheckedProducts(Answer):
    """Which of several products can be bought through the API [stated for v1]."""

    mp_products: Rows[TaobaoProduct] = ()
    no_mp_product_item_ids: Texts = ()
    no_mp_reason_list: Texts = ()


class SkuAttribute(Answer):
    """A property of a 1688 variant, such as a colour [upstream]."""

    attribute_name: Plain = ""
    attribute_name_trans: Plain = ""
    value: Plain = ""
    value_trans: Plain = ""
    sku_image_url: Link = ""


class AlibabaSku(Answer):
    """A variant of a 1688 product [upstream]."""

    sku_id: Text = ""
    spec_id: Text = ""
    amount_on_sale: Count = None
    price: Yuan = None
    consign_price: Yuan = None
    sku_attributes: Rows[SkuAttribute] = ()


class PriceTier(Answer):
    """The price from a quantity on [upstream]."""

    start_quantity: Count = None
    price: Yuan = None
    promotion_price: Yuan = None


class SaleInfo(Answer):
    """The prices and amounts of a 1688 product [upstream]."""

    amount_on_sale: Count = None
    price_range_list: Rows[PriceTier] = ()
    quote_type: Text = ""
    unit_info: Any = None


class AlibabaProduct(Answer):
    """A 1688 product. The fields up to ``description`` are [stated for v1], the others the upstream's [inferred]."""

    offer_id: Text = ""
    offer_map_id: Text = ""  # v2's opaque id [inferred]
    category_id: Text = ""
    category_name: Plain = ""
    subject: Plain = ""
    subject_trans: Plain = ""
    description: Text = ""
    product_image: Any = None
    min_order_quantity: Count = None
    seller_open_id: Text = ""
    company_name: Plain = ""
    sold_out: Text = ""
    product_sale_info: Any = None
    product_sku_infos: Rows[AlibabaSku] = ()
    product_shipping_info: Any = None

    @property
    def pictures(self) -> tuple[str, ...]:
        """The addresses of the pictures."""
        return shapes.texts(shapes.mapping(self.product_image).get("images"))

    @property
    def tiers(self) -> tuple[PriceTier, ...]:
        """The prices by quantity."""
        return SaleInfo.model_validate(shapes.mapping(self.product_sale_info)).price_range_list


class CategoryInfo(Answer):
    """A category [upstream]."""

    category_id: Text = ""
    chinese_name: Plain = ""
    translated_name: Plain = ""
    leaf: Flag = None
    level: Number = None
    parent_cate_id: Text = ""
    children: Any = None


# --- readers ----------------------------------------------------------------------------------------------------------


def _alibaba_page(data: Any, asked: _AlibabaSearch | Selection | Related, _amounts: Amounts) -> Page[Product]:
    number = asked.page_no if isinstance(asked, Related) else asked.begin_page
    return alibaba.products(data, number, asked.page_size)


def _taobao_page(data: Any, asked: SearchTaobao | SearchTaobaoImage, _amounts: Amounts) -> Page[Product]:
    low: Decimal | None = getattr(asked, "price_start", None)
    high: Decimal | None = getattr(asked, "price_end", None)
    return taobao.products(data, asked.page_no, asked.page_size, low, high)


# --- operations -------------------------------------------------------------------------------------------------------

TAOBAO, ALIBABA = Platform.TAOBAO, Platform.ALIBABA

TAOBAO_GET = Operation(
    "taobao.goods.get",
    "Taobao product by id",
    "GET",
    "/v2/taobao/product/get",
    "S",
    TAOBAO,
    ProductId,
    One(TaobaoProduct),
)
TAOBAO_CHECK = Operation(
    "taobao.goods.check",
    "Taobao products by ids",
    "POST",
    "/v2/taobao/product/batch/check",
    "I",
    TAOBAO,
    CheckProducts,
    One(CheckedProducts),
)
TAOBAO_SEARCH = Operation(
    "taobao.goods.search",
    "Taobao product search",
    "POST",
    "/v2/taobao/product/item/search",
    "S",
    TAOBAO,
    SearchTaobao,
    _taobao_page,
)
TAOBAO_IMAGE = Operation(
    "taobao.goods.image_search",
    "Taobao image search",
    "POST",
    "",
    "?",
    TAOBAO,
    SearchTaobaoImage,
    _taobao_page,
)
ALIBABA_GET = Operation(
    "1688.goods.get",
    "1688 product by id",
    "POST",
    "/v2/alibaba/product/detail/get",
    "I",
    ALIBABA,
    Offer,
    One(AlibabaProduct),
)
ALIBABA_SEARCH = Operation(
    "1688.goods.search",
    "1688 product search",
    "POST",
    "/v2/alibaba/product/keywords/query",
    "S",
    ALIBABA,
    SearchAlibaba,
    _alibaba_page,
)
ALIBABA_IMAGE = Operation(
    "1688.goods.image_search",
    "1688 image search",
    "POST",
    "/v2/alibaba/product/image/query",
    "S",
    ALIBABA,
    SearchAlibabaImage,
    _alibaba_page,
)
STORE = Operation(
    "1688.goods.store",
    "1688 search in one store",
    "POST",
    "/v2/alibaba/product/query/selleroffer",
    "S",
    ALIBABA,
    SearchStore,
    _alibaba_page,
)
CATEGORY = Operation(
    "1688.goods.category", "1688 category by id", "POST", "", "?", ALIBABA, Category, Many(CategoryInfo)
)
RECOMMENDED = Operation(
    "1688.goods.recommended", "1688 recommendations", "POST", "", "?", ALIBABA, Selection, _alibaba_page
)
RELATED = Operation(
    "1688.goods.related",
    "1688 related products",
    "POST",
    "/v2/alibaba/product/productRelatedRecommendQuery",
    "S",
    ALIBABA,
    Related,
    _alibaba_page,
)
GLOBAL_SELECTION = Operation(
    "1688.goods.global_selection", "Global selection by keyword", "POST", "", "?", ALIBABA, Selection, _alibaba_page
)
SELECTION = Operation(
    "1688.goods.selection", "1688 selection by keyword", "POST", "", "?", ALIBABA, Selection, _alibaba_page
)
HOT = Operation("1688.goods.hot", "1688 hot list", "POST", "", "?", ALIBABA, Selection, _alibaba_page)

# The search that both platforms have: the operation, and the maker of its request.
SEARCH: dict[Platform, tuple[Operation[Any, Page[Product]], Callable[[ProductQuery], Request]]] = {
    ALIBABA: (ALIBABA_SEARCH, SearchAlibaba.of),
    TAOBAO: (TAOBAO_SEARCH, SearchTaobao.of),
}

# The same for the search by picture.
PICTURE_SEARCH: dict[Platform, tuple[Operation[Any, Page[Product]], Callable[[PictureQuery], Request]]] = {
    ALIBABA: (ALIBABA_IMAGE, SearchAlibabaImage.of),
    TAOBAO: (TAOBAO_IMAGE, SearchTaobaoImage.of),
}

# One product on either platform: the operation, the maker of its request, and the reader of the value for both.
PRODUCT: dict[Platform, tuple[Operation[Any, Any], Callable[[str], Request], Callable[[Any, str], ProductDetail]]] = {
    ALIBABA: (ALIBABA_GET, lambda product_id: Offer(offer_id=product_id), products.of_alibaba),
    TAOBAO: (TAOBAO_GET, lambda product_id: ProductId(item_id=product_id), products.of_taobao),
}

OPERATIONS = (
    TAOBAO_GET,
    TAOBAO_CHECK,
    TAOBAO_SEARCH,
    TAOBAO_IMAGE,
    ALIBABA_GET,
    ALIBABA_SEARCH,
    ALIBABA_IMAGE,
    STORE,
    CATEGORY,
    RECOMMENDED,
    RELATED,
    GLOBAL_SELECTION,
    SELECTION,
    HOT,
)
