"""Compresses short JSON texts: a parcel's entries, a piece of news. They make up most of the database.

Two entries of a parcel differ in a place, a time and a few words, so they compress to a quarter. The dictionary holds
phrases that nearly every such text contains. Without it the first entry, or the only one, would hardly become shorter.
"""

from __future__ import annotations

import zlib

RAW = -15  # deflate without zlib's header and checksum: the engines check the pages that they read
LEVEL = 3  # takes half of level 6's time, and the result is a thirtieth longer
# References to the end of the dictionary are the cheapest. Its bytes never change, since the packed texts need them; a
# better dictionary is added as a second one, with a number of its own.
_FIRST_DICTIONARY = (
    "运单号包裹已由代收点菜鸟驿站快递柜自提取件码凭请及时领取疑问请电联投诉电话客服热线春风十里五星好评您的快递已经妥投感谢使用期待再次为您服务"
    "签收人本人同事家人门卫前台代签拒收退回异常问题件滞留改派转寄清关出口进口海关航班起飞降落国际"
    "商家已发货等待揽收订单已提交支付打包出库仓库"
    "【市】【省】快件已揽收揽件员业务员派件员小哥手机号正在派送途中请保持电话畅通耐心等待"
    "快件离开已发往快件到达已到达营业部网点转运中心分拣中心分拨中心集散点下一站正发往已被揽收已装车"
    '{"ref":{"platform":"taobao","order_id":"43"},"milestone":"ready_for_pickup","out_for_delivery","arrived",'
    '"picked_up","shipped","attempt_failed","exception","returning","returned","cancelled","lost","delivered",'
    '"edited":[],"steps":[{"before":"in_transit","after":"delivered"},{"waybill":"YT88","carrier":"中通快递圆通速递申通韵达顺丰'
    '极兔邮政","added":["renumbered":[["price":["refunds":[{"refund":{"code":"late":{"first":"stall":{"leg":"domestic","since":'
    '"limit":"usual":"last":"until":"SIGN","DELIVERY","DEPARTURE","ARRIVAL","ACCEPT","GOT",null,1],["offset","written","epoch",'
    '{"ref":{"platform":"1688","order_id":"25422856"},"milestone":"in_transit","nodes":[{"waybill":"78","at":'
    '"2026-11-28T07:00:00Z","raw_time":"2026-11-28 15:00:00","time_basis":"china","text":"【","code":"TRANSPORT",'
    '"place":"市","milestone":"in_transit"}],"parcels":[{"waybill":"","status_code":"TRANSPORT","status_milestone":"in_transit","milestone":'
    '"in_transit","logistics_id":"LP00AL2542"}]}000000,"2026-","china","【","TRANSPORT","","in_transit",0],["'
).encode()
_DICTIONARIES = {1: _FIRST_DICTIONARY}  # by the first byte of what was packed
_NEWEST = 1


def pack(text: str) -> bytes:
    """Return the compressed text, which begins with the number of its dictionary."""
    packer = zlib.compressobj(LEVEL, wbits=RAW, zdict=_DICTIONARIES[_NEWEST])
    return bytes([_NEWEST]) + packer.compress(text.encode()) + packer.flush()


def unpack(packed: bytes) -> str:
    """Read :func:`pack` back. Raises ValueError for bytes that this version cannot read."""
    try:
        unpacker = zlib.decompressobj(RAW, _DICTIONARIES[packed[0]])
        text = unpacker.decompress(packed[1:]).decode()
    except (zlib.error, LookupError, UnicodeDecodeError) as error:
        raise ValueError(f"{type(error).__name__} in packed text") from error
    if not unpacker.eof or unpacker.unused_data:
        raise ValueError("packed text with another end")
    return text
