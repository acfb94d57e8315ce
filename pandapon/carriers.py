"""Carriers: their names, tracking pages and service numbers, and the carrier of a parcel.

No carrier's site was called. Grades, as in :mod:`pandapon.operations`: S stated by the carrier or in a standard, C read
in several public clients that agree, I read in one client or inferred, ? unknown. Where public clients disagree about
the address that opens a number, the table holds the carrier's front page, and the reader pastes the number there.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import lru_cache
from urllib.parse import quote, urlsplit

from pandapon.operations.operation import Grade  # noqa: TC001  the dataclass names it at run time
from pandapon.tracking_numbers import is_number, normal

LONGEST_NAME = 80  # characters of a carrier's name; the platforms' names have at most 20


@dataclass(frozen=True, slots=True)
class Carrier:
    """One carrier.

    ``page``: an https address, with ``{number}`` where the tracking number belongs; without that, the page on which a
    person types the number; empty: none known. ``phone``: the service number within the carrier's own country; empty:
    none known. ``names``: other names and codes, as the platforms, couriers and tracking services write them.
    """

    name: str  # short and Latin, such as ZTO
    chinese: str  # short and Chinese, such as 中通; the Latin name if the carrier has no Chinese one
    phone: str
    phone_grade: Grade
    page: str
    page_grade: Grade
    names: tuple[str, ...] = ()

    def address(self, number: str) -> str:
        """Return the https address that shows this number, or the carrier's front page; empty: none known."""
        if "{number}" not in self.page:
            return self.page
        if is_number(number):
            return self.page.replace("{number}", quote(normal(number), safe=""))
        return f"https://{urlsplit(self.page).netloc}/"


@dataclass(frozen=True, slots=True)
class CarrierMatch:
    """The carrier of a parcel. ``is_guess``: inferred from the shape of its number, since no name was given."""

    carrier: Carrier
    is_guess: bool = False

    @property
    def name(self) -> str:
        """The Latin short name; a guess is marked, as in ``ZTO?``."""
        return f"{self.carrier.name}?" if self.is_guess else self.carrier.name

    @property
    def chinese(self) -> str:
        """The Chinese short name; a guess is marked."""
        return f"{self.carrier.chinese}?" if self.is_guess else self.carrier.chinese


CARRIERS: tuple[Carrier, ...] = (
    # China
    Carrier(
        "SF", "顺丰", "95338", "C", "https://www.sf-express.com/chn/sc/waybill/waybill-detail/{number}", "C",
        ("顺丰速运", "顺丰快运", "SF Express", "S.F. Express", "SFEXPRESS", "shunfeng", "SFKY"),
    ),
    Carrier(
        "ZTO", "中通", "95311", "C", "https://www.zto.com/express/expressCheck.html?txtBill={number}", "C",
        ("中通速递", "ZTO Express", "ZT", "zhongtong"),
    ),
    Carrier("ZTO Freight", "中通快运", "", "?", "", "?", ("ZTO56", "ZTOKY", "zhongtongkuaiyun")),
    Carrier("YTO", "圆通", "95554", "C", "https://www.yto.net.cn/", "C", ("YTO Express", "YT", "yuantong")),
    Carrier("STO", "申通", "95543", "C", "https://www.sto.cn/", "C", ("STO Express", "ST", "shentong", "shentongE")),
    Carrier(
        "Yunda", "韵达", "95546", "C", "https://www.yundaex.com/", "C",
        ("韵达快运", "Yunda Express", "YD", "yundakuaiyun"),
    ),
    Carrier(
        "J&T", "极兔", "956025", "C", "https://www.jtexpress.cn/", "C",
        ("J&T Express", "JT", "JTSD", "JT Express", "jtexpress", "J&T Express China"),
    ),
    Carrier(
        "JD", "京东", "950616", "C", "https://www.jdl.com/orderSearch/?waybillCodes={number}", "C",
        ("京东物流", "京东快运", "京邦达", "JD Logistics", "JDL", "JD Express", "JDKY", "jingdong"),
    ),
    Carrier(
        "EMS", "EMS", "11183", "C", "https://www.ems.com.cn/queryList?mailNum={number}", "C",
        ("邮政EMS", "中国邮政EMS", "EMS快递", "邮政特快专递", "邮政速递", "EMS标准快递", "China EMS", "EYB", "E邮宝"),
    ),
    Carrier(
        "China Post", "中国邮政", "11183", "C", "https://www.ems.com.cn/queryList?mailNum={number}", "C",
        ("邮政", "邮政快递包裹", "邮政包裹", "邮政小包", "YZPY", "POSTB", "youzhengguonei", "chinapost"),
    ),
    Carrier(
        "Deppon", "德邦", "95353", "C", "https://www.deppon.com/", "C",
        ("德邦物流", "Debon", "DBL", "DBKD", "DPK", "DP", "Deppon Express", "debangwuliu", "debangkuaidi"),
    ),
    Carrier(
        "BEST", "百世", "95320", "C", "https://www.800best.com/", "C",
        ("百世汇通", "汇通", "百世快运", "百世物流", "HTKY", "BEST Express", "huitongkuaidi", "baishiwuliu"),
    ),
    Carrier(
        "Cainiao", "菜鸟", "", "?", "https://global.cainiao.com/newDetail.htm?mailNoList={number}", "C",
        ("菜鸟速递", "菜鸟裹裹", "菜鸟直送", "丹鸟", "Danniao", "CNKD", "Cainiao Express"),
    ),
    Carrier(
        "TTK", "天天", "400-188-8888", "C", "https://www.ttkdex.com/", "C",
        ("Tiantian", "HHTT", "TTKDEX", "TTK Express", "Tiantian Express"),
    ),
    Carrier("UC", "优速", "", "?", "https://www.uce.cn/", "C", ("UCE", "UC Express", "UC56", "youshuwuliu")),
    Carrier("ZJS", "宅急送", "400-678-9000", "C", "https://www.zjs.com.cn/", "I", ("ZJS Express", "zhaijisong")),
    Carrier("Kuayue", "跨越", "95324", "C", "https://www.ky-express.com/", "C", ("KYE", "KYSY", "KY Express")),
    Carrier(
        "ANE", "安能", "400-104-0088", "I", "https://www.ane56.com/", "C",
        ("安能物流", "安能快运", "ANE56", "ANEEX", "ANEKY", "ANE Logistics", "annengwuliu"),
    ),
    Carrier("Annto", "安得", "400-000-0056", "I", "https://www.annto.com/", "I", ("安得智联", "Annto Logistics")),
    Carrier("Suning", "苏宁", "95315", "I", "", "?", ("苏宁物流", "苏宁快递", "SNWL", "Suning Logistics")),
    # Out of China
    Carrier(
        "4PX", "递四方", "", "?", "https://track.4px.com/#/result/0/{number}", "C", ("4PX Express", "disifang")
    ),
    Carrier(
        "Yanwen", "燕文", "", "?", "https://track.yw56.com.cn/en/querydel?nums={number}", "C",
        ("燕文物流", "YWWL", "Yanwen Express", "Yanwen Logistics"),
    ),
    Carrier(
        "YunExpress", "云途", "", "?", "https://www.yuntrack.com/parcelTracking?id={number}", "C",
        ("云途物流", "Yun Express", "YunTrack", "yuntu"),
    ),
    # Thailand and its neighbours
    Carrier(
        "Thailand Post", "泰国邮政", "1545", "S", "https://track.thailandpost.co.th/?trackNumber={number}", "C",
        ("ไปรษณีย์ไทย", "Thai Post", "THP", "EMS Thailand"),
    ),
    Carrier(
        "Flash", "Flash", "1436", "I", "https://www.flashexpress.com/fle/tracking?se={number}", "C",
        ("Flash Express", "Flash Express TH", "闪电快递", "แฟลช"),
    ),
    Carrier(
        "KEX", "KEX", "1217", "I", "https://th.kex-express.com/th/track/?track={number}", "C",
        ("Kerry", "Kerry Express", "KEX Express", "嘉里", "嘉里快递", "เคอรี่"),
    ),
    Carrier(
        "J&T TH", "泰国极兔", "", "?", "https://www.jtexpress.co.th/service/track", "C",
        ("J&T Thailand", "J&T Express Thailand", "J&T Express TH", "JT TH", "极兔泰国"),
    ),
    Carrier(
        "Ninja Van", "Ninja Van", "", "?", "https://www.ninjavan.co/th-th/tracking?id={number}", "C",
        ("NinjaVan", "Ninja", "Ninja Van Thailand", "能者物流"),
    ),
    # The world
    Carrier(
        "DHL", "DHL", "", "?", "https://www.dhl.com/global-en/home/tracking.html?tracking-id={number}", "C",
        ("DHL Express", "中外运敦豪", "敦豪", "DHL eCommerce", "DHL Global Mail"),
    ),
    Carrier(
        "FedEx", "联邦快递", "", "?", "https://www.fedex.com/fedextrack/?trknbr={number}", "C",
        ("Federal Express", "联邦", "FedEx Express", "FEDEXIN"),
    ),
    Carrier("UPS", "UPS", "", "?", "https://www.ups.com/track?tracknum={number}", "C", ("联合包裹", "优比速", "UPSEN")),
    Carrier(
        "USPS", "美国邮政", "", "?", "https://tools.usps.com/go/TrackConfirmAction?tLabels={number}", "C",
        ("US Postal Service", "United States Postal Service"),
    ),
)  # fmt: skip

# Shapes of numbers, the most specific first. They overlap between carriers, so the result is a guess. Sources: the
# Universal Postal Union's S10 for two letters, nine digits and a country [S]; the rest is read in public clients [C].
_SHAPES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(shape), name)
    for shape, name in (
        ("SF[0-9A-Z][0-9]{11,14}", "SF"),
        ("YT[0-9]{16}", "YunExpress"),
        ("YT[0-9]{12,15}", "YTO"),
        ("JT[0-9]{12,15}", "J&T"),
        ("JD[A-Z]{0,3}[0-9]{8,20}", "JD"),
        ("JJD[0-9]{15,20}", "DHL"),
        ("DPK[0-9]{10,14}", "Deppon"),
        ("1Z[0-9A-Z]{16}", "UPS"),
        ("4PX[0-9]{10,16}(?:CN)?", "4PX"),
        ("LP[0-9]{14,16}", "Cainiao"),
        ("U[A-Z][0-9]{9}YP", "Yanwen"),
        ("E[A-Z][0-9]{9}CN", "EMS"),
        ("[A-Z]{2}[0-9]{9}CN", "China Post"),
        ("[A-Z]{2}[0-9]{9}TH", "Thailand Post"),
        ("[A-Z]{2}[0-9]{9}US", "USPS"),
        ("77[0-9]{11,13}", "STO"),
        ("7[3-68][0-9]{12}", "ZTO"),
        ("46[0-9]{11,13}|31[0-9]{13}", "Yunda"),
        ("9[89][0-9]{11}", "China Post"),
        ("1[0-3][0-9]{11}", "EMS"),
    )
)
# Words behind a carrier's name that do not tell carriers apart. 快运 (freight) does: it names another company.
_GENERIC = re.compile(r"(?:股份)?(?:有限)?公司$|(?:快递|速递|速运|物流|标快|特快|express|logistics)(?:服务)?$")
# Names that leave the carrier open, so that the number's shape is looked at.
_OPEN = frozenset({"", "其他", "其它", "其他快递", "其它快递", "快递", "物流", "other", "others", "unknown"})


def carrier_of(name: str, number: str = "") -> CarrierMatch | None:
    """Return the carrier of a parcel: by the name or code that the platform gives, else by the number's shape.

    A guess by the shape is marked. None: unknown. A name that is not in the table means a carrier outside of the table,
    so the number's shape is not looked at then.
    """
    if named := _by_name(name[:LONGEST_NAME]):
        return CarrierMatch(named)
    if _key(name[:LONGEST_NAME]) not in _OPEN:
        return None
    guess = _by_shape(normal(number)) if is_number(number) else None
    return CarrierMatch(guess, is_guess=True) if guess else None


@lru_cache(maxsize=2_000)
def _by_name(name: str) -> Carrier | None:
    key = _key(name)
    while key:
        if carrier := _NAMES.get(key):
            return carrier
        shorter = _GENERIC.sub("", key)
        if shorter == key:
            break
        key = shorter
    return _by_beginning(_key(name))


def _by_beginning(key: str) -> Carrier | None:
    """The carrier with whose Chinese name this one begins, as in 中通标准件; the longest such name counts."""
    beginnings = (key[:length] for length in range(len(key), 1, -1))
    carrier = next((_NAMES[start] for start in beginnings if start in _NAMES and not start.isascii()), None)
    return None if carrier and "快运" in key and "快运" not in "".join(carrier.names) else carrier


@lru_cache(maxsize=20_000)
def _by_shape(number: str) -> Carrier | None:
    return next((_NAMES[_key(name)] for shape, name in _SHAPES if shape.fullmatch(number)), None)


def _key(name: str) -> str:
    """A name without case, width, blanks and punctuation. Combining marks stay, because Thai vowels are such."""
    folded = unicodedata.normalize("NFKC", name).casefold()
    return "".join(character for character in folded if unicodedata.category(character)[0] in "LNM")


_NAMES = {_key(name): carrier for carrier in CARRIERS for name in (carrier.name, carrier.chinese, *carrier.names)}
