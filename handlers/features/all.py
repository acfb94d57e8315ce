"""All features of the bot, in the order in which people see their commands. A new feature is added here."""

from __future__ import annotations

from handlers.features.about import audit, start, status
from handlers.features.about import help as help_
from handlers.features.aftersales import acts as refund_acts
from handlers.features.aftersales import asking, refunds
from handlers.features.approvals import decisions
from handlers.features.approvals import listing as approvals
from handlers.features.buying import act_commands, acts, buy
from handlers.features.buying import order as buying
from handlers.features.cart import cart, check, quantity
from handlers.features.channel import delivery_log, mute, settings, undo
from handlers.features.goods import add_to_cart, categories, discover, picture_search, product, search, seller
from handlers.features.home import forms, tab
from handlers.features.orders import order, orders, track
from handlers.features.shipping import address_form, addresses, estimate_form, freight
from handlers.features.watching import alarms, finder, shortcuts, unwatch, watch, watch_all, watches

FEATURES = (
    search.FEATURE,
    picture_search.FEATURE,
    product.FEATURE,
    discover.FEATURE,
    categories.FEATURE,
    seller.FEATURE,
    add_to_cart.FEATURE,
    cart.FEATURE,
    quantity.FEATURE,
    check.FEATURE,
    addresses.FEATURE,
    address_form.FEATURE,
    buy.FEATURE,
    buying.FEATURE,
    act_commands.FEATURE,
    acts.FEATURE,
    freight.FEATURE,
    estimate_form.FEATURE,
    asking.FEATURE,
    refund_acts.FEATURE,
    refunds.FEATURE,
    order.FEATURE,
    orders.FEATURE,
    track.FEATURE,
    watch.FEATURE,
    unwatch.FEATURE,
    watches.FEATURE,
    watch_all.FEATURE,
    mute.FEATURE,
    settings.FEATURE,
    delivery_log.FEATURE,
    approvals.FEATURE,
    decisions.FEATURE,
    audit.FEATURE,
    status.FEATURE,
    help_.FEATURE,
    start.FEATURE,
    shortcuts.FEATURE,
    finder.FEATURE,
    alarms.FEATURE,
    undo.FEATURE,
    tab.FEATURE,
    forms.FEATURE,
)
