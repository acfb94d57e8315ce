"""Reads the references to products that people type: a link, or an id on a platform."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from handlers.blocks.i18n import _
from handlers.blocks.text import code
from handlers.parsing.typed_command import text_of
from handlers.wire.requests import Search
from pandapon.products import ProductRef
from pandapon.shipment import Platform

if TYPE_CHECKING:
    from collections.abc import Sequence

    from handlers.parsing.tokens import Token
    from handlers.parsing.typed_command import TypedCommand
    from pandapon.models import Product
    from pandapon.products import ProductDetail

_ID = re.compile(r"[\w=+/.-]{1,80}", re.ASCII)  # opaque texts of API v2, and the marketplaces' own numbers
_NAMED = re.compile(rf"(?:(?P<platform>1688|taobao)[:：])?(?P<id>{_ID.pattern})", re.ASCII | re.IGNORECASE)
_LINKS = (
    (re.compile(r"https?://(?:detail|m)\.1688\.com/offer/(?P<id>[0-9]{5,15})\.html", re.IGNORECASE), Platform.ALIBABA),
    (
        re.compile(
            r"https?://(?:item\.taobao|detail\.tmall|h5\.m\.taobao|world\.taobao)\.com/[^\s?#]*\?(?:[^\s#]*&)?id=(?P<id>[0-9]{5,15})",
            re.IGNORECASE,
        ),
        Platform.TAOBAO,
    ),
)


def read_reference(text: str, platform: Platform | None = None) -> ProductRef | None:
    """The product that a text names: a link, ``1688:ID``, ``taobao:ID``, or an id; None for any other text.

    ``platform``: the platform of an id that does not name its own; None: unknown.
    """
    for pattern, of in _LINKS:
        if match := pattern.match(text):
            return ProductRef(match["id"], of)
    named = _NAMED.fullmatch(text)
    if named is None or "://" in text:
        return None
    return ProductRef(named["id"], Platform(named["platform"].lower()) if named["platform"] else platform)


def linked_products(words: Sequence[Token]) -> tuple[ProductRef, ...]:
    """The products, each once, if all words are links to products; else empty."""
    links = [word.target or word.text for word in words]
    references = [read_reference(link) if "://" in link else None for link in links]
    products = tuple(dict.fromkeys(product for product in references if product is not None))
    return products if None not in references else ()


def is_named(product: Product | ProductDetail) -> bool:
    """Whether a button or a command can carry the product's id."""
    return bool(_ID.fullmatch(product.product_id))


def reference(product: Product | ProductDetail) -> ProductRef:
    """The reference by which buttons and commands name a product."""
    return ProductRef(product.product_id, product.platform)


def read_products(command: TypedCommand, words: Sequence[Token], platform: Platform | None) -> tuple[ProductRef, ...]:
    """Read typed links and ids of products, each once. ``platform``: of ids that do not name theirs; None: unknown.

    Raises UsageError, which suggests a search for the words, if a word is neither.
    """
    products = []
    for word in words:
        product = read_reference(word.target or word.text, platform)
        if product is None:
            problem = _("{word} is neither a link to a product nor the ID of one").format(word=code(word.text, 60))
            keyword = " ".join(other.text for other in words)[:60]
            raise command.refuse(problem, suggestion=text_of(Search(keyword)))
        products.append(product)
    return tuple(dict.fromkeys(products))
