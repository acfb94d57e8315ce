"""The tags of tokens: the closed set of meanings that a word of a courier text can have.

The three languages share the tags, so one set of rules serves all.
"""

from __future__ import annotations

from enum import Enum, auto


class Tag(Enum):
    """The meaning of one word. A word may have several."""

    __hash__ = object.__hash__  # each tag is one object; Enum hashes its name in Python, a hundred times a text

    # --- what happens: acts -------------------------------------------------------------------------------------
    ORDER = auto()  # the order is placed
    PAID = auto()  # the buyer paid
    PREPARE = auto()  # the seller packs
    LABEL = auto()  # a number or a label exists, and the courier is awaited
    SHIP = auto()  # the seller sends the parcel off
    COLLECT = auto()  # the courier takes the parcel from the sender
    TAKE = auto()  # 取件: the courier collects the parcel, or the recipient fetches it; the person decides
    RECEIVE = auto()  # somebody receives the parcel; the person decides the claim
    DEPART = auto()
    ARRIVE = auto()
    HANDLE = auto()  # sorted, loaded, scanned, weighed
    MOVE = auto()  # under way
    FLY = auto()  # air, sea and rail
    DECLARE = auto()  # customs clearance
    RELEASE = auto()  # customs lets the parcel go
    INSPECT = auto()  # customs inspects the parcel
    HOLD = auto()  # somebody holds the parcel back
    FORWARD = auto()  # sent on to another address or outlet
    TRANSFER = auto()  # handed to another carrier
    CARRY = auto()  # the last leg, to the door
    CARRY_NOUN = auto()  # "delivery" as a noun, which claims nothing by itself
    REACH = auto()  # brought as far as a place or a person
    STORE = auto()  # put down, kept
    PROXY = auto()  # taken in for somebody else
    SIGN = auto()  # signed for
    FETCH = auto()  # the recipient fetches the parcel
    ATTEMPT = auto()  # an attempt to deliver, as a noun
    REFUSE = auto()
    RETURN = auto()  # sent back
    TO_DEPOT = auto()  # the courier brings the parcel back to the outlet
    RETURN_SCAN = auto()  # 退 alone
    TAKE_BACK = auto()  # the courier takes the parcel out of a locker again
    REVERSE = auto()  # an adjective for a parcel on its return
    LOSE = auto()
    DESTROY = auto()
    SEIZE = auto()
    ABANDON = auto()
    INTERCEPT = auto()
    COMPENSATE = auto()
    DAMAGE = auto()
    DELAY = auto()
    MISSORT = auto()
    MISSING = auto()  # a piece is missing
    TROUBLE = auto()  # a problem without a name
    ADDRESS_FAULT = auto()
    NO_CONTACT = auto()
    ABSENT = auto()
    OUT_OF_AREA = auto()
    FORBIDDEN = auto()
    CANCEL = auto()  # of the order
    ACCEPT = auto()  # the recipient takes the parcel after all
    RESUME = auto()  # the parcel goes on after a problem
    PAPERS = auto()
    DUTY = auto()
    MUST_PAY = auto()
    CALL_BUYER = auto()  # the buyer is asked to call or to answer a call

    # --- whether it happened: aspect ------------------------------------------------------------------------------
    DONE = auto()  # has been: before the act
    OK = auto()  # successfully: after the act
    ONGOING = auto()  # being: before the act
    MIDST = auto()  # being: after the act
    WILL = auto()
    PROMISE = auto()  # expected at a time
    WAIT = auto()  # awaited
    ARRANGE = auto()
    NOT = auto()
    NOT_YET = auto()
    CANNOT = auto()
    FAILED = auto()  # after the act
    VOID = auto()  # taken back
    NO_LONGER = auto()  # the problem is over
    IF = auto()
    ELSE = auto()  # otherwise
    PLEASE = auto()
    MAY = auto()
    OR = auto()  # between two acts: a choice that is still to be made
    ASKED = auto()  # somebody asks for the act, or about it
    AFTER = auto()  # "before" or "after" the act, which is then only mentioned
    AGAIN = auto()
    BEFORE_NOW = auto()  # yesterday, the last time
    FUTURE_DAY = auto()
    TODAY = auto()
    PART = auto()  # only some of several pieces
    OVERDUE = auto()
    SUSPECT = auto()
    BY_CODE = auto()  # with the code of a locker or a point

    # --- who ----------------------------------------------------------------------------------------------------
    SELF = auto()  # the recipient in person
    RECIPIENT = auto()
    KIN = auto()  # family, neighbours, colleagues and friends of the recipient
    DESK = auto()  # a front desk, a guard, a property office, a mail room
    POINT = auto()  # a station or a shop that keeps parcels
    LOCKER = auto()
    SENDER = auto()
    COURIER = auto()
    CARRIER = auto()  # a carrier as a company
    PARTNER = auto()  # the next carrier, without a name
    CUSTOMS = auto()
    AUTHORITY = auto()  # the police and other offices that may take a parcel away
    SERVICE = auto()  # customer service, the platform
    SIGNER = auto()  # the label "signed by"
    PERSON = auto()  # a person's name, by its form

    # --- where --------------------------------------------------------------------------------------------------
    HUB = auto()
    BRANCH = auto()  # an outlet
    LAST_BRANCH = auto()  # the outlet that delivers
    WAREHOUSE = auto()
    PORT = auto()
    ABROAD = auto()  # the country of destination
    DESTINATION = auto()
    DOOR = auto()  # the recipient's door, mailbox
    NEXT_STOP = auto()
    CITY = auto()  # a name that contains a known word by chance

    # --- the rest -------------------------------------------------------------------------------------------------
    TO = auto()
    FROM = auto()
    BY = auto()
    OF = auto()  # makes an attribute of the words before it
    PARCEL = auto()
    NOTICE = auto()  # a word of a notice, which claims nothing
    NOTE = auto()  # a noun made of an act: a code, a task, a photo
    TAIL = auto()  # makes a NOTE of the act before it
    NUMBER = auto()
    OTHER = auto()  # a run of characters that is no word of the lexicon
    COMMA = auto()
    STOP = auto()
    COLON = auto()
    OPEN = auto()
    CLOSE = auto()


_ALL = list(Tag)


def _span(first: Tag, last: Tag) -> frozenset[Tag]:
    return frozenset(_ALL[_ALL.index(first) : _ALL.index(last) + 1])


ACTS = _span(Tag.ORDER, Tag.CALL_BUYER)
ACTORS = _span(Tag.SELF, Tag.PERSON)
PLACES = _span(Tag.HUB, Tag.NEXT_STOP)
TROUBLES = _span(Tag.LOSE, Tag.FORBIDDEN) | {Tag.REFUSE, Tag.HOLD}  # to name one is to say that it happened
ENDS = frozenset({Tag.COMMA, Tag.STOP, Tag.OPEN, Tag.CLOSE})  # of clauses
