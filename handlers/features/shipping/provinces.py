"""China's provinces and the regions and cities of that rank, as addresses name them, and in Latin letters."""

from __future__ import annotations

from handlers.blocks.forms import Choice
from handlers.blocks.i18n import language

# The names of 1688's and Taobao's forms, which list Taiwan, Hong Kong and Macau, too.
PROVINCES = {
    "北京市": "Beijing",
    "天津市": "Tianjin",
    "河北省": "Hebei",
    "山西省": "Shanxi",
    "内蒙古自治区": "Inner Mongolia",
    "辽宁省": "Liaoning",
    "吉林省": "Jilin",
    "黑龙江省": "Heilongjiang",
    "上海市": "Shanghai",
    "江苏省": "Jiangsu",
    "浙江省": "Zhejiang",
    "安徽省": "Anhui",
    "福建省": "Fujian",
    "江西省": "Jiangxi",
    "山东省": "Shandong",
    "河南省": "Henan",
    "湖北省": "Hubei",
    "湖南省": "Hunan",
    "广东省": "Guangdong",
    "广西壮族自治区": "Guangxi",
    "海南省": "Hainan",
    "重庆市": "Chongqing",
    "四川省": "Sichuan",
    "贵州省": "Guizhou",
    "云南省": "Yunnan",
    "西藏自治区": "Tibet",
    "陕西省": "Shaanxi",
    "甘肃省": "Gansu",
    "青海省": "Qinghai",
    "宁夏回族自治区": "Ningxia",
    "新疆维吾尔自治区": "Xinjiang",
    "香港特别行政区": "Hong Kong",
    "澳门特别行政区": "Macau",
    "台湾省": "Taiwan",
}
BEGINNING = 2  # characters that tell every name from the others


def choices() -> list[Choice]:
    """The entries of a menu; each value is the Chinese name."""
    is_chinese = language().startswith("zh")
    return [Choice(name, name if is_chinese else f"{latin} {name}") for name, latin in PROVINCES.items()]


def known(text: str) -> str:
    """The full name of the province in a saved address, such as 浙江 or Zhejiang; empty for an unknown one."""
    for name, latin in PROVINCES.items():
        if text[:BEGINNING] == name[:BEGINNING] or text.casefold() == latin.casefold():
            return name
    return ""
