"""The closed set of meanings that a word of a courier text can have.

A scan is read as a line of signs, one for each known word. Three languages share them, so the grammar stands once.
"""

from __future__ import annotations

from enum import Enum, auto


class Sign(Enum):
    """The meaning of one word."""

    __hash__ = object.__hash__  # each is one object; Enum hashes its name, in Python, and a text asks a hundred times

    # --- what happens: acts -------------------------------------------------------------------------------------
    ORDER = auto()  # the order is placed
    PAID = auto()  # the buyer paid
    PREPARE = auto()  # the seller packs
    LABEL = auto()  # there is a number or a label, and the courier is awaited
    SHIP = auto()  # the seller sends it off
    COLLECT = auto()  # the courier takes it from the sender
    TAKE = auto()  # somebody takes it: who does decides between COLLECT and FETCH
    RECEIVE = auto()  # somebody receives it: who does decides
    DEPART = auto()
    ARRIVE = auto()
    HANDLE = auto()  # sorted, loaded, scanned, weighed
    MOVE = auto()  # under way
    FLY = auto()  # air, sea and rail
    DECLARE = auto()  # customs clearance
    RELEASE = auto()  # customs lets it go
    INSPECT = auto()  # customs looks at it
    HOLD = auto()  # somebody holds it back
    FORWARD = auto()  # sent on to another address or outlet
    TRANSFER = auto()  # handed to another carrier
    CARRY = auto()  # the last leg, to the door
    CARRY_NOUN = auto()  # "delivery" as a noun: claims nothing by itself
    REACH = auto()  # brought as far as a place or a person
    STORE = auto()  # laid down, kept
    PROXY = auto()  # taken in for somebody else
    SIGN = auto()  # signed for
    FETCH = auto()  # the recipient fetches it
    ATTEMPT = auto()  # a try to deliver, as a noun
    REFUSE = auto()
    RETURN = auto()  # sent back
    TO_DEPOT = auto()  # the courier brings it back to the outlet
    RETURN_SCAN = auto()  # 退 alone
    TAKE_BACK = auto()  # the courier takes it out of a locker again
    REVERSE = auto()  # a parcel on a return's way: an adjective
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
    ACCEPT = auto()  # the recipient takes it after all
    RESUME = auto()  # it goes on
    PAPERS = auto()
    DUTY = auto()
    MUST_PAY = auto()
    CALL_BUYER = auto()  # the buyer is asked to call or to answer

    # --- whether it happened: aspect ------------------------------------------------------------------------------
    DONE = auto()  # has been: before the act
    OK = auto()  # successfully: after the act
    ONGOING = auto()  # being: before the act
    MIDST = auto()  # being: after the act
    WILL = auto()
    PROMISE = auto()  # expected at a time
    WAIT = auto()  # still to come, and awaited
    ARRANGE = auto()
    NOT = auto()
    NOT_YET = auto()
    CANNOT = auto()
    FAILED = auto()  # after the act
    VOID = auto()  # taken back
    NO_LONGER = auto()  # a problem that is over
    IF = auto()
    ELSE = auto()  # otherwise
    PLEASE = auto()
    MAY = auto()
    OR = auto()  # between two acts: a choice that is still to be made
    ASKED = auto()  # somebody asks about it
    AFTER = auto()  # "after the act": a mention
    AGAIN = auto()
    BEFORE_NOW = auto()  # yesterday, the last time
    FUTURE_DAY = auto()
    TODAY = auto()
    PART = auto()  # of several pieces only some
    OVERDUE = auto()
    SUSPECT = auto()
    BY_CODE = auto()  # with the code of a locker

    # --- who ----------------------------------------------------------------------------------------------------
    SELF = auto()  # the recipient in person
    RECIPIENT = auto()
    KIN = auto()  # somebody near the recipient
    DESK = auto()  # a guard, a property office, a mail room
    POINT = auto()  # a station or a shop that keeps parcels
    LOCKER = auto()
    SENDER = auto()
    COURIER = auto()
    CARRIER = auto()  # a carrier as a company
    PARTNER = auto()  # whoever carries it on, without a name
    CUSTOMS = auto()
    SERVICE = auto()  # customer service, the platform
    SIGNER = auto()  # the label "signed by"
    PERSON = auto()  # somebody's name, as far as its form tells

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
    CITY = auto()  # a name in which a word happens to stand

    # --- the rest -------------------------------------------------------------------------------------------------
    TO = auto()
    FROM = auto()
    BY = auto()
    OF = auto()  # what stands before it is an attribute
    PARCEL = auto()
    NOTICE = auto()  # a word of a notice: it says that nothing is claimed
    NOTE = auto()  # a noun made of an act: a code, a task, a photo
    TAIL = auto()  # what makes such a noun of the act before it
    NUMBER = auto()
    OTHER = auto()  # a run of characters that no list knows
    COMMA = auto()
    STOP = auto()
    COLON = auto()
    OPEN = auto()
    CLOSE = auto()


_ALL = list(Sign)


def _span(first: Sign, last: Sign) -> frozenset[Sign]:
    return frozenset(_ALL[_ALL.index(first) : _ALL.index(last) + 1])


ACTS = _span(Sign.ORDER, Sign.CALL_BUYER)
ASPECTS = _span(Sign.DONE, Sign.BY_CODE)
ACTORS = _span(Sign.SELF, Sign.PERSON)
PLACES = _span(Sign.HUB, Sign.NEXT_STOP)
TROUBLES = _span(Sign.LOSE, Sign.FORBIDDEN) | {Sign.REFUSE, Sign.HOLD}  # told of, they have happened
ENDS = frozenset({Sign.COMMA, Sign.STOP, Sign.OPEN, Sign.CLOSE})  # they part clauses
