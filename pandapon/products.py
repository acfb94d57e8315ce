"""One product in detail, whichever platform sells it: variants, prices by quantity, stock, seller."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from pandapon import fields, shapes
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from pandapon.operations.goods import AlibabaProduct, AlibabaSku, TaobaoProduct, TaobaoSku

_NUMBER = re.compile(r"[0-9]{5,15}")  # the marketplaces' own numbers, from which a link is made


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


@dataclass(frozen=True, slots=True)
class ProductRef:
    """A product: its id on a platform. ``platform`` None: unknown, so both platforms are asked."""

    product_id: str
    platform: Platform | None = None

    def __str__(self) -> str:
        return f"{self.platform.value}:{self.product_id}" if self.platform else self.product_id


class Sku(_Frozen):
    """A variant of a product."""

    sku_id: str = ""
    spec_id: str = ""  # 1688 only: names the variant in an order
    mp_sku_id: str = ""  # Taobao only: its cart requires it [stated]
    variant: str = ""  # e.g. "红色 / M"
    price: Decimal | None = None  # yuan
    stock: int | None = None


class Tier(_Frozen):
    """The price of a piece from a quantity on."""

    quantity: int
    price: Decimal  # yuan


class ProductDetail(_Frozen):
    """One product. Every field but platform and id may be empty."""

    platform: Platform
    product_id: str
    title: str = ""
    translated_title: str = ""
    pictures: tuple[str, ...] = ()
    price: Decimal | None = None  # yuan
    tiers: tuple[Tier, ...] = ()
    skus: tuple[Sku, ...] = ()
    min_quantity: int | None = None
    stock: int | None = None
    unit: str = ""
    seller: str = ""
    seller_id: str = ""  # 1688 only: for a search of the seller's other products
    mp_id: str = ""  # Taobao only: its cart requires it [stated]
    place: str = ""
    sold: str = ""  # as sent
    url: str = ""  # empty where only an opaque id is known


def piece_price(product: ProductDetail, sku: Sku, quantity: int) -> Decimal | None:
    """Return the price of a piece of a variant, in yuan, when ``quantity`` pieces are bought; None: unknown.

    Prices by quantity hold if all variants have one price; otherwise each variant has its own price [inferred: the
    upstream's ``quoteType`` would tell, but the vendor does not explain it].
    """
    if len(product.tiers) > 1 and len({variant.price for variant in product.skus}) <= 1:
        tiers = sorted(product.tiers, key=lambda tier: tier.quantity)
        return next((tier.price for tier in reversed(tiers) if tier.quantity <= quantity), tiers[0].price)
    return sku.price if sku.price is not None else product.price


def of_alibaba(product: AlibabaProduct, product_id: str) -> ProductDetail:
    """Return a 1688 product in detail. ``product_id``: the requested id, for an answer without its own."""
    sale, shipping = shapes.mapping(product.product_sale_info), shapes.mapping(product.product_shipping_info)
    tiers = tuple(
        Tier(quantity=tier.start_quantity, price=tier.price)
        for tier in product.tiers
        if tier.start_quantity and tier.price is not None
    )
    skus = tuple(_alibaba_sku(sku) for sku in product.product_sku_infos)
    number = product.offer_id
    return ProductDetail(
        platform=Platform.ALIBABA,
        product_id=product.offer_map_id or product_id,
        title=product.subject,
        translated_title=product.subject_trans,
        pictures=product.pictures,
        price=min((tier.price for tier in tiers), default=_least(skus)),
        tiers=tiers,
        skus=skus,
        min_quantity=product.min_order_quantity,
        stock=fields.count(sale, "amountOnSale"),
        unit=fields.words(shapes.mapping(sale.get("unitInfo")), "unit"),
        seller=product.company_name,
        seller_id=product.seller_open_id,
        place=fields.words(shipping, "sendGoodsAddressText"),
        sold=product.sold_out,
        url=f"https://detail.1688.com/offer/{number}.html" if _NUMBER.fullmatch(number) else "",
    )


def of_taobao(product: TaobaoProduct, product_id: str) -> ProductDetail:
    """Return a Taobao product in detail, under the requested id."""
    number = product.item_id
    return ProductDetail(
        platform=Platform.TAOBAO,
        product_id=product_id,
        title=product.title,
        pictures=product.pic_urls,
        price=product.promotion_price if product.promotion_price is not None else product.price,
        skus=tuple(_taobao_sku(sku) for sku in product.sku_list),
        min_quantity=product.begin_amount,
        stock=product.quantity,
        unit=product.product_unit,
        seller=product.shop_name or product.user_nick,
        mp_id=product.mp_id,
        url=f"https://item.taobao.com/item.htm?id={number}" if _NUMBER.fullmatch(number) else "",
    )


def _alibaba_sku(sku: AlibabaSku) -> Sku:
    values = (attribute.value_trans or attribute.value for attribute in sku.sku_attributes)
    variant = " / ".join(value for value in values if value)
    price = sku.price if sku.price is not None else sku.consign_price
    return Sku(sku_id=sku.sku_id, spec_id=sku.spec_id, variant=variant, price=price, stock=sku.amount_on_sale)


def _taobao_sku(sku: TaobaoSku) -> Sku:
    price = sku.promotion_price if sku.promotion_price is not None else sku.price
    return Sku(sku_id=sku.sku_id, mp_sku_id=sku.mp_sku_id, variant=sku.properties, price=price, stock=sku.quantity)


def _least(skus: tuple[Sku, ...]) -> Decimal | None:
    return min((sku.price for sku in skus if sku.price is not None), default=None)


def is_empty(answer: Any) -> bool:
    """Whether an answer holds no product: the API may answer an unknown id with an empty object [inferred]."""
    return not any(getattr(answer, name, "") for name in ("item_id", "offer_id", "offer_map_id", "title", "subject"))
