"""Which pictures Slack is asked to fetch: https and public names only, whatever the vendor's words say."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from support.view_samples import product

from handlers.blocks import elements as el
from handlers.features.goods import products
from handlers.wire.requests import Search
from pandapon.models import Page, Product


@pytest.mark.parametrize(
    "url",
    [
        "http://169.254.169.254/latest/meta-data/",
        "https://127.0.0.1/a.png",
        "https://10.0.0.7/a.png",
        "https://192.168.1.1/a.png",
        "https://8.8.8.8/a.png",
        "https://2130706433/a.png",
        "https://0x7f000001/a.png",
        "https://0x7f.1/a.png",
        "https://127.1/a.png",
        "https://0177.0.0.1/a.png",
        "https://[::1]/a.png",
        "https://[::ffff:127.0.0.1]/a.png",
        "https://localhost/a.png",
        "https://localhost./a.png",
        "https://a.localhost/a.png",
        "https://printer.local/a.png",
        "https://metadata.google.internal/computeMetadata/v1/",
        "https://METADATA.GOOGLE.INTERNAL/a.png",
        "https://router.lan/a.png",
        "https://nas.home.arpa/a.png",
        "https://intranet/a.png",
        "https://user:pw@img.alicdn.com/a.png",
        "https://user@img.alicdn.com/a.png",
        "https://img.alicdn.com:8443/a.png",
        "http://img.alicdn.com:80/a.png",
        "https://img.alicdn.com:99999/a.png",
        "https://-img.alicdn.com/a.png",
        "https://img..com/a.png",
        "ftp://img.alicdn.com/a.png",
        "javascript:alert(1)",
        "file:///etc/passwd",
        "data:image/png;base64,AAAA",
        "https://img.alicdn.com/a.png\nhttps://127.0.0.1/",
        "https://ｌｏｃａｌｈｏｓｔ/a.png",
        "https://",
        "",
    ],
)
def test_no_picture_from_a_network_of_somebody(url: str) -> None:
    """Addresses by number, names of one's own network, credentials, other ports and other schemes show no picture."""
    assert el.image(url, "a dress") is None


@pytest.mark.parametrize(
    ("url", "handed"),
    [
        ("https://cbu01.alicdn.com/img/a.jpg", "https://cbu01.alicdn.com/img/a.jpg"),
        ("//cbu01.alicdn.com/img/a.jpg", "https://cbu01.alicdn.com/img/a.jpg"),
        ("http://img.alicdn.com/a.jpg?x=1", "https://img.alicdn.com/a.jpg?x=1"),
        ("https://img.alicdn.com:443/a.jpg", "https://img.alicdn.com:443/a.jpg"),
        ("https://xn--fiq228c.xn--fiqs8s/a.jpg", "https://xn--fiq228c.xn--fiqs8s/a.jpg"),
    ],
)
def test_pictures_of_the_web(url: str, handed: str) -> None:
    """A public host's picture is shown, by https also where the vendor says http."""
    assert el.image(url, "a dress") == {"type": "image", "image_url": handed, "alt_text": "a dress"}


def test_a_product_without_a_good_picture_is_shown_without() -> None:
    """The words stay."""
    item = product().model_copy(update={"image_url": "http://127.0.0.1:8500/v1/kv"})
    page = Page[Product](items=(item,), page=1, page_size=10, total=1)
    message = products.results(Search("dress"), {item.platform: page}, {})
    assert "127.0.0.1" not in str(message)
    assert "雪纺连衣裙" in str(message)


@given(st.tuples(*[st.integers(0, 255)] * 4), st.sampled_from(["{}.{}.{}.{}", "{:#x}.{}.{}.{}", "{}.{}.{:#o}.{}"]))
def test_no_address_by_number(parts: tuple[int, int, int, int], form: str) -> None:
    """However it is written."""
    assert el.image(f"https://{form.format(*parts)}/a.png", "a") is None
