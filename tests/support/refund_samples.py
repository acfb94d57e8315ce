"""Every page and message of after-sales, tame and hostile, for the catalogue of messages."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any

from support.view_samples import HOSTILE, ID, NOW, order

from handlers.blocks import elements as el
from handlers.blocks import write_words
from handlers.blocks.paging import of_rows
from handlers.features.aftersales import asking, handling, refunds_view
from handlers.posts import change_lines
from handlers.wire.requests import ShowRefunds
from pandapon.aftersales import (
    GoodsState,
    Letter,
    Refund,
    RefundLine,
    RefundReason,
    RefundRequest,
    RefundTerms,
    ReturnCarrier,
)
from pandapon.errors import ApiError
from pandapon.shipment import Platform
from tracking.changes import refunds as changes
from tracking.flows import AskingRefund, ClaimableLine, Flow, HandlingRefund, Proof
from tracking.messages import RefundRequested
from tracking.writes import Write, WriteState

ALIBABA, TAOBAO = Platform.ALIBABA, Platform.TAOBAO
HERE, MEI, FLOW = "C0123ABCD", "U0123ABCD", "A" * 24
STATES = ("10", "20", "30", "100", "-10", "-20", "77")
TERMS = RefundTerms(
    reasons=(RefundReason(reason_id="1", words="货物破损"), RefundReason(reason_id="2", words="质量问题")),
    least=Decimal("0.01"),
    most=Decimal("736.00"),
)


def samples() -> dict[str, Any]:
    """The messages and pages by name: the builder's module and function, and a word for the case."""
    return _messages() | _asking() | _handling() | _written()


def _refund(code: str = "10", platform: Platform = TAOBAO, text: str = "外包装破损", **fields: Any) -> Refund:
    made = Refund(
        platform=platform,
        refund_id="TQ2800000000000000001",
        order_id=ID,
        entry_id="200048859480",
        code=code,
        amount=Decimal("73.60"),
        reason_id="1",
        reason=text,
        description=text,
        title=text,
        with_return=True,
        until=NOW + timedelta(days=3),
        refusal=text if code == "-10" else "",
        carrier=text if code == "30" else "",
        number="78012345678901" if code == "30" else "",
    )
    return made.model_copy(update=fields)


def _messages() -> dict[str, Any]:
    paging = of_rows(ShowRefunds(2), 23, 5)
    letters = [Letter(author="买家", words="您好", at=NOW), Letter(author=HOSTILE, words=HOSTILE * 5)] * 9
    pending = _write(changes.RefundWithdrawn(TAOBAO, "TQ1", ID, "10"), WriteState.UNCLEAR)
    nameless = _refund(refund_id="", amount=None)
    bare = Refund(platform=ALIBABA, refund_id="TQ1")
    every = [_refund(code) for code in STATES]
    view = refunds_view
    return {
        "aftersales.refunds_view.listing": view.listing([*every, nameless], paging, {}, NOW),
        "aftersales.refunds_view.listing hostile": view.listing(
            [_refund(code, text=HOSTILE * 3) for code in STATES], paging, {ALIBABA: "no answer"}, NOW
        ),
        "aftersales.refunds_view.listing none": view.listing([], of_rows(ShowRefunds(), 0, 5), {}, NOW),
        "aftersales.refunds_view.of_order": view.of_order(order(), [], NOW, ask=f"1688.{ID}"),
        "aftersales.refunds_view.of_order hostile": view.of_order(
            order(HOSTILE), [_refund("-10", text=HOSTILE)], NOW, why_not="😿", pending=pending
        ),
        **{
            f"aftersales.refunds_view.detail {platform} {code}": view.detail(
                _refund(code, platform), letters[:2], NOW, may_act=True
            )
            for platform in Platform
            for code in STATES
        },
        "aftersales.refunds_view.detail hostile": view.detail(
            _refund("-10", text=HOSTILE * 20), letters, NOW, may_act=True, pending=pending
        ),
        "aftersales.refunds_view.detail bare": view.detail(bare, [], NOW, may_act=False, no_letters="no answer"),
        "posts.change_lines.line refund": _line("红色连衣裙", with_return=False),
        "posts.change_lines.line refund hostile": _line(HOSTILE, with_return=True),
    }


def _line(title: str, *, with_return: bool) -> Any:
    return change_lines.line(RefundRequested(MEI, f"1688:{ID}", title, 7360, with_return), 1, NOW)


def _asking() -> dict[str, Any]:
    line = ClaimableLine("2542285634920880795", "夏季新款红色连衣裙", "红色 / M", 20, 73_600)
    taken, unknown = replace(line, entry_id="2", is_taken=True), replace(line, entry_id="3", fen=None)
    begun = AskingRefund(ALIBABA, ID, (line, taken, unknown), 800, 85_752, True, False, True)  # noqa: FBT003  by position, as all of them
    rude = replace(line, title=HOSTILE, variant=HOSTILE, fen=999_999_999, pieces=999_999)
    lots = replace(begun, lines=(rude, *(replace(line, entry_id=str(n)) for n in range(99))))
    ask = RefundRequest(
        platform=ALIBABA,
        order_id=ID,
        lines=(RefundLine(entry_id=line.entry_id, pieces=2),),
        goods=GoodsState.RECEIVED,
        amount=Decimal("73.60"),
        shipping=Decimal(8),
        reason_id="1",
        description="外包装破损，杯子碎了",
    )
    whole = replace(begun, ask=ask, terms=TERMS, proofs=(Proof("F1", "https://x.example/1"), Proof("F2", problem="😿")))
    rude_ask = ask.model_copy(update={"description": HOSTILE * 4, "with_return": True, "reason_id": HOSTILE})
    hostile = replace(whole, lines=(rude,), ask=rude_ask, moved=(7_360, None), takes_proofs=False)
    of_taobao = replace(
        whole, platform=TAOBAO, ask=ask.model_copy(update={"platform": TAOBAO, "description": ""}), proofs=()
    )
    return {
        f"aftersales.asking_pages {name}": _page(asking.WIZARD, step, content)
        for name, (step, content) in {
            "lines": ("lines", begun),
            "lines again": ("lines", whole),
            "lines not shipped": ("lines", replace(begun, is_shipped=False, lines=(line,))),
            "lines perhaps shipped": ("lines", replace(begun, is_shipped=None, lines=(line,))),
            "lines uncounted": ("lines", replace(begun, lines=(replace(line, pieces=0),))),
            "lines many": ("lines", lots),
            "lines taobao": ("lines", of_taobao),
            "lines taobao many": ("lines", replace(lots, platform=TAOBAO)),
            "reason": ("reason", whole),
            "reason hostile": ("reason", hostile),
            "reason taobao": ("reason", of_taobao),
            "review": ("review", whole),
            "review hostile": ("review", hostile),
            "review taobao": ("review", of_taobao),
        }.items()
    }


def _handling() -> dict[str, Any]:
    carriers = (ReturnCarrier(code="ZTO", name="中通快递"), ReturnCarrier(code=HOSTILE[:70], name=HOSTILE))
    tame = HandlingRefund(_refund(), carriers, TERMS, "您好", "ZTO", "78012345678901", 5_000, "2")
    hostile = replace(tame, refund=_refund(text=HOSTILE * 9), words=HOSTILE * 2, carrier=HOSTILE[:70])
    bare = HandlingRefund(Refund(platform=TAOBAO, refund_id="TQ1"), carriers)
    return {
        f"aftersales.handling_pages {step} {name}".strip(): _page(handling.WIZARD, step, content)
        for step in handling.WIZARD.steps
        for name, content in {"": tame, "hostile": hostile, "bare": bare}.items()
    }


def _written() -> dict[str, Any]:
    of = (TAOBAO, "TQ1", ID)
    made: dict[str, Any] = {
        "asked": changes.RefundAsked(ALIBABA, ID, ("1",), "红色连衣裙", 2, 7_360, False, (), ""),  # noqa: FBT003  by position, as all of them
        "asked hostile": changes.RefundAsked(TAOBAO, ID, ("1",), HOSTILE, 2, 7_360, True, (), ""),  # noqa: FBT003  by position, as all of them
        "changed": changes.RefundChanged(*of, 5_000, "a", "b"),
        "withdrawn": changes.RefundWithdrawn(*of, "10"),
        "letter": changes.LetterSent(*of, "a", 0, 0),
        "return": changes.ReturnSent(*of, HOSTILE, "78012345678901", "20"),
        "proof": changes.ProofSent(ALIBABA, ID, "F1", FLOW),
    }
    error = ApiError(HOSTILE, code="X")
    return {
        f"blocks.write_words refund {name} {state}": {
            "blocks": [
                el.section(
                    write_words.outcome_words(_write(change, state), error if state is WriteState.REFUSED else None)
                )
            ]
        }
        for name, change in made.items()
        for state in WriteState
    }


def _write(change: Any, state: WriteState) -> Write:
    return Write("w", "k", "x", MEI, HERE, NOW - timedelta(hours=1), state, change, 7_360, made=("TQ1",))


def _page(wizard: Any, step: str, content: Any) -> Any:
    return wizard.view(Flow(FLOW, MEI, HERE, content, step))
