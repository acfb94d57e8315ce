"""The ids of buttons, forms and shortcuts.

Listeners match the beginning of a button's id; the number that follows keeps the ids within one message unique.
"""

from __future__ import annotations

RUN = "run:"  # value: a command to run again, its answer replacing the message that holds the button
SHOW = "show:"  # value: a command whose answer is shown to the person alone, beside the message
MENU = "menu:"  # value of the chosen option: a command, or the id and the value of a button that opens a form
WATCH_HERE = "watch_here"  # value: a watch command
UNWATCH_HERE = "unwatch_here"  # value: an unwatch command
END_NEW = "end_new_watches"  # value: ids of the watches just started, joined by commas
UNDO_WATCH = "undo_watch"  # the same, of earlier versions; value: the unwatch command
UNDO_UNWATCH = "undo_unwatch"  # value: ids of the ended watches, joined by commas, a space, and when they ended
RESUME_WATCH = "resume_watch"  # value: the id of a paused watch

TRACK_MESSAGE = "track_message"  # callback ids of the two message shortcuts
WATCH_MESSAGE = "watch_message"

RESUME_CHANNEL = "resume_channel"  # value: the id of a channel whose watches are paused
ALARM_SEEN, ALARM_SNOOZE, ALARM_TAKE = "alarm_seen", "alarm_snooze", "alarm_take"  # value: the id of the alarm
SELLER_MESSAGE = "seller_message"  # value: the id of the alarm
EDIT_SETTINGS = "edit_settings"  # value: the channel
FILTER_ALL = "filter_all"  # value: the channel, a blank, and the filter for all that it watches
PREVIEW_DIGEST = "preview_digest"  # value: the channel
SETTINGS_MODAL = "channel_settings"  # callback id
UNDO_FOR_ALL = "undo_for_all"  # value: the id of the post that shows the change to the channel
REFRESH_HOME = "refresh_home"  # this and the next three are buttons in the home; two are callback ids of forms, too
SEARCH_PRODUCTS = "search_products"
MY_ORDERS = "my_orders"
CHOOSE_SETTINGS = "choose_settings"  # of which channel
FIND_ORDERS = "find_orders"  # callback id of the global shortcut and of its form; also the button in the home
SHARE_PRODUCT = "share_product"  # value: the platform and the product's id
SEARCH_PICTURE = "search_picture"  # callback id of the message shortcut and of the form; also the button that opens it
ASK_REFUND = "ask_refund"  # value: the platform, a dot, and the order's id
# Values of the next four: the platform, the refund's id, and the order's id, joined by dots.
REFUND_LETTER, REFUND_RETURN = "refund_letter", "refund_return"
REFUND_CHANGE, REFUND_CANCEL = "refund_change", "refund_cancel"
ADD_TO_CART = "add_to_cart"  # value: the platform and the product's id; also the callback id of its form
ADD_CHOICE = "add_choice"  # of the fields in that form
# Values of the next four: the opaque id of the shown cart, a dot, and the line's position in it.
CART_MORE, CART_LESS, CART_REMOVE = "cart_more", "cart_less", "cart_remove"
CART_QUANTITY = "cart_quantity"  # also the callback id of its form
# Values of the next five: the number of a request for an approval. Two are callback ids of forms, too.
APPROVE, DECLINE, ASK_ABOUT = "approval_approve", "approval_decline", "approval_ask"
WITHDRAW_REQUEST, RESUME_REQUEST = "approval_withdraw", "approval_resume"
CART_UNDO = "cart_undo"  # value: the opaque id of the removal
ORDER_CART = "order_cart"  # value: the opaque id of the shown cart; with a dot and a position, that line's seller alone
BUY_NOW = "buy_now"  # value: platform and id of each product, with blanks between them
ORDER_ACT = "order_act"  # value: an act, and platform and id of each order, with blanks between them
ACT_RESUME = "act_resume"  # value: the opaque id of an act that is opened from the page of a new order
PAY_PAGE = "pay_page"  # of the button that opens the platform's page in the browser
ADD_ADDRESS = "add_address"  # opens the form that saves an address; value: ``new``
CHANGE_ADDRESS = "change_address"  # opens the same form for a saved one; value: its id
ESTIMATE_FREIGHT = "estimate_freight"  # opens a form; value: the platform and the product's id
SHIP_ABROAD = "ship_abroad"  # opens a form; value: platform and id of each order, joined by commas
TELL_PARCELS = "tell_parcels"  # opens a form; value: platform and id of the order
