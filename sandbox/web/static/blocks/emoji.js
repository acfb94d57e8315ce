// The characters of emoji codes that order messages use and of common ones. Other codes stay as :name:.

const TABLE = `
package 📦|inbox_tray 📥|outbox_tray 📤|truck 🚚|articulated_lorry 🚛|airplane ✈️|airplane_departure 🛫|airplane_arriving 🛬
ship 🚢|train 🚆|house 🏠|house_with_garden 🏡|factory 🏭|convenience_store 🏪|department_store 🏬|customs 🛃|mailbox 📫
mailbox_with_mail 📬|postbox 📮|label 🏷️|receipt 🧾|shopping_trolley 🛒|shopping_bags 🛍️|moneybag 💰|yen 💴|credit_card 💳
white_check_mark ✅|heavy_check_mark ✔️|ballot_box_with_check ☑️|x ❌|negative_squared_cross_mark ❎|no_entry ⛔|no_entry_sign 🚫
warning ⚠️|rotating_light 🚨|exclamation ❗|grey_exclamation ❕|question ❓|grey_question ❔|bangbang ‼️|information_source ℹ️
bell 🔔|no_bell 🔕|mute 🔇|loudspeaker 📢|mega 📣|eyes 👀|mag 🔍|mag_right 🔎|link 🔗|paperclip 📎|pushpin 📌|round_pushpin 📍
hourglass ⌛|hourglass_flowing_sand ⏳|alarm_clock ⏰|stopwatch ⏱️|clock1 🕐|clock3 🕒|clock6 🕕|clock9 🕘|calendar 📆|date 📅
arrow_up ⬆️|arrow_down ⬇️|arrow_left ⬅️|arrow_right ➡️|arrows_counterclockwise 🔄|leftwards_arrow_with_hook ↩️|repeat 🔁|back 🔙
red_circle 🔴|large_orange_circle 🟠|large_yellow_circle 🟡|large_green_circle 🟢|large_blue_circle 🔵|white_circle ⚪|black_circle ⚫
small_blue_diamond 🔹|large_blue_diamond 🔷|small_orange_diamond 🔸|large_green_square 🟩|large_red_square 🟥
gear ⚙️|wrench 🔧|hammer_and_wrench 🛠️|lock 🔒|unlock 🔓|key 🔑|bulb 💡|zap ⚡|fire 🔥|boom 💥|sparkles ✨|star ⭐|star2 🌟
rocket 🚀|tada 🎉|gift 🎁|trophy 🏆|chart_with_upwards_trend 📈|chart_with_downwards_trend 📉|bar_chart 📊|clipboard 📋|memo 📝
page_facing_up 📄|bookmark 🔖|books 📚|email 📧|envelope ✉️|phone ☎️|iphone 📱|computer 💻|camera 📷|frame_with_picture 🖼️
smile 😄|smiley 😃|grinning 😀|grin 😁|joy 😂|blush 😊|wink 😉|thinking_face 🤔|slightly_smiling_face 🙂|upside_down_face 🙃
neutral_face 😐|disappointed 😞|cry 😢|sob 😭|sweat_smile 😅|sunglasses 😎|sleeping 😴|heart_eyes 😍|scream 😱|robot_face 🤖
wave 👋|thumbsup 👍|+1 👍|thumbsdown 👎|-1 👎|clap 👏|pray 🙏|ok_hand 👌|raised_hands 🙌|muscle 💪|point_right 👉|point_left 👈
point_up ☝️|point_down 👇|bow 🙇|shrug 🤷|facepalm 🤦|heart ❤️|broken_heart 💔|blue_heart 💙|green_heart 💚|100 💯|dress 👗|shirt 👕
panda_face 🐼|dog 🐶|cat 🐱|coffee ☕|pizza 🍕|cake 🍰|sunny ☀️|cloud ☁️|umbrella ☔|snowflake ❄️|globe_with_meridians 🌐
earth_asia 🌏|cn 🇨🇳|flag-cn 🇨🇳|jp 🇯🇵|flag-jp 🇯🇵|us 🇺🇸|flag-us 🇺🇸|gb 🇬🇧|flag-gb 🇬🇧|de 🇩🇪|flag-de 🇩🇪|fr 🇫🇷|flag-fr 🇫🇷
`;
const CHARACTERS = new Map(
  TABLE.trim()
    .split(/[|\n]/)
    .map((entry) => {
      const gap = entry.indexOf(" ");
      return [entry.slice(0, gap), entry.slice(gap + 1)];
    }),
);
const TONES = ["🏻", "🏼", "🏽", "🏾", "🏿"];
export const CODE = /:([a-z0-9_+'-]+):(?::skin-tone-([2-6]):)?/;
const CODES = new RegExp(CODE, "g");

/** The character of an emoji's name, with an optional skin tone (2–6); null for an unknown name. */
export function emojiCharacter(name, tone) {
  const character = CHARACTERS.get(name);
  if (!character) return null;
  return tone ? character.replace("\ufe0f", "") + TONES[Number(tone) - 2] : character;
}

/** Text with its known emoji codes as characters. */
export function withEmoji(text) {
  return text.replace(CODES, (code, name, tone) => emojiCharacter(name, tone) ?? code);
}
