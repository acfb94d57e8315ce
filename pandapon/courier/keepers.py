"""The keeper of a parcel, who has it or signed for it, as far as the text tells: a desk, a neighbour, a locker."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from pandapon.courier import signers
from pandapon.courier.tags import Tag

if TYPE_CHECKING:
    from pandapon.courier.events import Text
    from pandapon.courier.text_claims import TextClaim

T = Tag


class Keeper(StrEnum):
    """The person or point that has the parcel, or signed for it."""

    RECIPIENT = "recipient"
    FRONT_DESK = "front_desk"
    FAMILY = "family"
    NEIGHBOUR = "neighbour"
    COLLEAGUE = "colleague"
    FRIEND = "friend"
    SOMEBODY = "somebody"  # a person near the recipient, of an unknown kind
    GUARD = "guard"
    PROPERTY = "property"  # the management of a building
    MAIL_ROOM = "mail_room"
    DOOR = "door"  # the parcel was left there
    STATION = "station"
    LOCKER = "locker"
    POST_OFFICE = "post_office"


_BY_SIGN = {
    T.LOCKER: Keeper.LOCKER,
    T.POINT: Keeper.STATION,
    T.SELF: Keeper.RECIPIENT,
    T.RECIPIENT: Keeper.RECIPIENT,
    T.DOOR: Keeper.DOOR,
    T.DESK: Keeper.SOMEBODY,
    T.KIN: Keeper.SOMEBODY,
}
_NEAR = (
    (Keeper.FRONT_DESK, ("前台", "服务台", "接待", "大堂", "礼宾", "reception", "front desk")),
    (Keeper.MAIL_ROOM, ("收发", "传达", "邮件室", "收件室", "信报间", "mail room", "mailroom")),
    (Keeper.PROPERTY, ("物业", "物管", "管理处", "管理室", "管理员", "管家", "นิติ", "property")),
    (Keeper.GUARD, ("门卫", "保安", "门岗", "岗亭", "警卫", "保卫", "安保", "门房", "security", "guard", "รปภ")),
    (Keeper.NEIGHBOUR, ("邻居", "对门", "隔壁", "neighbour", "neighbor", "เพื่อนบ้าน")),
    (Keeper.COLLEAGUE, ("同事", "工友", "colleague", "coworker", "co-worker", "เพื่อนร่วมงาน")),
    (Keeper.FRIEND, ("朋友", "好友", "男友", "女友", "friend")),
    (
        Keeper.FAMILY,
        (
            *(
                "家人",
                "家属",
                "家里",
                "父亲",
                "母亲",
                "父母",
                "妈妈",
                "爸爸",
                "妻子",
                "丈夫",
                "老公",
                "老婆",
                "儿子",
                "女儿",
            ),
            *(
                "弟弟",
                "哥哥",
                "姐姐",
                "妹妹",
                "奶奶",
                "爷爷",
                "亲属",
                "亲人",
                "配偶",
                "爱人",
                "family",
                "ครอบครัว",
                "แม่",
                "พ่อ",
            ),
        ),
    ),
)
_POST_OFFICES = ("邮局", "邮政所", "邮政支局", "post office", "ที่ทำการไปรษณีย์")
_TITLES = ("女士", "先生", "小姐")
_MET = frozenset({T.DESK, T.KIN, T.LOCKER, T.POINT, T.DOOR})


def keeper_of(text: Text, text_claim: TextClaim) -> Keeper | None:
    """Return the keeper after a delivery or at a point, by the text and its strongest claim; None: nobody is named.

    None as well where the recipient fetched the parcel.
    """
    if text_claim.claim.fetched:
        return None
    tag = signers.signer(text) or text_claim.event.at
    if tag is None:
        present = text.tags & _MET
        tag = next(iter(present)) if len(present) == 1 else None
    if tag is T.RECIPIENT and _words(text, T.RECIPIENT, _TITLES):
        return None  # 王女士 may be anybody, not only the recipient
    if tag in {T.DESK, T.KIN}:
        return _near(text) or Keeper.SOMEBODY
    if tag is T.POINT and _words(text, T.POINT, _POST_OFFICES):
        return Keeper.POST_OFFICE
    return _BY_SIGN.get(tag) if tag else None


def _near(text: Text) -> Keeper | None:
    """The first kind of person that a word of the text names."""
    for clause in text.clauses:
        for token in clause:
            if token.tag in {T.DESK, T.KIN}:
                for keeper, words in _NEAR:
                    if any(word in token.text for word in words):
                        return keeper
    return None


def _words(text: Text, tag: Tag, words: tuple[str, ...]) -> bool:
    return any(token.tag is tag and token.text.startswith(words) for clause in text.clauses for token in clause)
