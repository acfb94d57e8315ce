"""People's names: a surname with one or two more characters, at an index where a name can stand.

Couriers sign with their names, and many names contain a character with a meaning of its own: 孟凡, 陈美如, 王可.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from pandapon.courier.tags import Tag

if TYPE_CHECKING:
    from collections.abc import Callable

T = Tag

# Common Chinese surnames of one character.
SURNAMES = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆范汪廖石金韦贾夏付方"
    "邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵覃武钱戴严莫孔向常温康施文牛樊葛邢安齐伍庞颜庄聂章鲁岳翟申欧耿关焦左柳甘祝包宁尚符舒阮柯"
    "纪梅童凌毕单季裴霍涂成苗谷曲盛冉翁蓝路游辛靳管柴蒙鲍华喻祁房滕屈饶牟艾尤阳穆司卓古吉缪简车项连芦麦褚娄窦戚岑景党宫费卜冷晏席卫米柏宗代桂"
    "全佟应臧闵苟邬边卞姬和仇栾隋刁沙荣巫寇桑郎甄丛仲虞敖巩明佘池查麻苑迟邝官"
)
_BEFORE = frozenset(" ]-/([:,由给")
_INTRODUCES = frozenset({T.COURIER, T.SIGNER, T.BY, T.TRANSFER, T.OF, T.COLON})
_AFTER = frozenset(" ([])-/:,;已的")
_NO_GIVEN = frozenset("您你客已未不没先女")
_LENGTHS = (2, 3)  # characters


def name_end(text: str, at: int, before: Tag | None, word_end: Callable[[str, int], int]) -> int:
    """Return the end of the name that begins at ``at``; ``at`` itself when no name begins there.

    ``before``: the tag of the token before it; None: there is none. ``word_end`` returns the end of the longest known
    word that begins at an index.
    """
    introduced = at == 0 or text[at - 1] in _BEFORE or before in _INTRODUCES
    if not introduced or word_end(text, at) > at + 1:
        return at
    given = text[at + 1 : at + 2]
    if not "一" <= given <= "鿿" or given in _NO_GIVEN or word_end(text, at + 1) > at + 2:
        return at
    for length in _LENGTHS:
        end = at + length
        if not "一" <= text[end - 1 : end] <= "鿿":
            break
        if end >= len(text) or text[end] in _AFTER or text[end].isdigit() or word_end(text, end) > end + 1:
            return end
    return at
