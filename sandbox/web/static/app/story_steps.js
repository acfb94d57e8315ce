// The steps of "The story of a purchase". Each has deeds; a deed is a button, what it does, and how one knows it is done.

import { language, say } from "./words.js";

const DAY = 86_400; // seconds
const DAMAGED = "快件外包装破损，已登记为问题件，等待处理"; // as a courier writes it

// The action ids of the bot's buttons, as handlers/blocks/action_ids.py has them.
const COMPARE = "show:5";
const FIRST_PRODUCT = "show:2";
const ADD_TO_CART = "add_to_cart";
const ORDER_CART = "order_cart";
export const APPROVE = "approval_approve";
const RESUME = "approval_resume";
const ACT = "order_act";
const ASK_REFUND = "ask_refund";

/**
 * The steps for a purchase. `it` is the story, which acts on the page; its names and its order fill the sentences.
 *
 * `look`: the sentence of the step. A deed's `words` stand in its place while it is the next one. `done` makes the
 * story go on by itself; without it a deed is done as soon as it has been pressed. `skip`: the deed is not needed.
 */
export function storySteps(it) {
  const { asker, colleague } = it.names();
  return [
    {
      name: say("Search"),
      look: say("Both marketplaces answer at once: compare prices, pictures and how many were sold."),
      deeds: [{ label: say("Search {words}", { words: it.firstSearch(language) }), run: () => it.run(`/panda search ${it.firstSearch(language)}`) }],
    },
    {
      name: say("Compare"),
      look: say("Variants, stock and prices by quantity stand one below the other."),
      deeds: [{ label: say("Compare the first products"), run: () => it.press(COMPARE) }],
    },
    {
      name: say("Cart"),
      look: say("The cart of both marketplaces, by seller. It is the account's own cart."),
      deeds: [
        { label: say("Open the first product"), words: say("A product's page: variants, prices by quantity, and everything one can do with it."), run: () => it.press(FIRST_PRODUCT) },
        { label: say("Add to cart…"), words: say("Type 20 as the quantity and watch the total; then press Add to cart, and close the form."), run: () => it.press(ADD_TO_CART), done: () => it.formWasFinished() },
        { label: say("Show the cart"), run: () => it.run("/panda cart") },
      ],
    },
    {
      name: say("Order and approval"),
      look: say("The order is placed, and its card is in the channel: from now on it is watched."),
      deeds: [
        { label: say("Order…"), words: say("Press Review, then Place order: above ¥300 the bot asks {colleague} first. Close the form then.", { colleague }), run: () => it.runThenPress("/panda cart", ORDER_CART), done: () => it.hasRequest() || it.hasOrder() },
        { label: say("Be {name}", { name: colleague }), words: say("The request is in the channel. {asker} cannot approve it, so be {colleague} for a moment.", { asker, colleague }), run: () => it.becomeColleague(), done: () => it.isColleague(), skip: () => it.hasOrder() },
        { label: say("Approve"), words: say("The request says who buys what, for how much, and where it goes."), run: () => it.press(APPROVE), done: () => it.isDecided(), skip: () => it.hasOrder() },
        { label: say("Be {name} again", { name: asker }), words: say("The bot has told {asker} at once, in a direct message.", { asker }), run: () => it.becomeAsker(), done: () => !it.isColleague() },
        { label: say("Place the order"), words: say("Prices are checked once more. Press Place order, and close the form."), run: () => it.press(RESUME), done: () => it.hasOrder(), skip: () => it.hasOrder() },
      ],
    },
    {
      name: say("Pay"),
      look: say("The order is paid. The seller is to ship it now."),
      deeds: [{ label: say("Pay…"), words: say("Press Get the pay link, open the pay page, press Pay on it, and come back here."), run: () => it.runThenPress(`/panda pay ${it.order}`, ACT), done: () => it.isPaid() }],
    },
    {
      name: say("Updates"),
      look: say("Each scan of the courier is a line in the order's thread; the card above shows where the parcel is."),
      deeds: [
        { label: say("Let a day pass"), words: say("The seller ships, and the courier scans the parcel."), run: () => it.letPass(DAY) },
        { label: say("Open the order's thread"), words: say("What has happened to this order meanwhile?"), run: () => it.openThread() },
      ],
    },
    {
      name: say("A damaged parcel"),
      look: say("A problem is posted in the channel too, where nobody overlooks it; the courier's own words are in it."),
      deeds: [{ label: say("Damage the parcel"), words: say("A courier notes that the box is broken. Look at what the bot makes of it."), run: () => it.scan("trouble", DAMAGED) }],
    },
    {
      name: say("Refund"),
      look: say("That was the whole story. From now on the refund is part of the order's updates."),
      deeds: [{ label: say("Ask for a refund…"), words: say("Choose products and reason, add a picture as proof, review it and send it; then close the form."), run: () => it.runThenPress(`/panda refund ${it.order}`, ASK_REFUND), done: () => it.hasRefund() }],
    },
  ];
}
