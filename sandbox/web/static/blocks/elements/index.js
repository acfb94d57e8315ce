// All elements by type.

import { picture } from "../pictures.js";
import { textNodes } from "../mrkdwn.js";
import { unsupported } from "../unsupported.js";
import { button, feedbackButtons, iconButton, workflowButton } from "./buttons.js";
import { checkboxes, radioButtons } from "./choices.js";
import { externalSelect, multiExternalSelect } from "./external.js";
import { multiChannelsSelect, multiConversationsSelect, multiStaticSelect, multiUsersSelect } from "./multi_select.js";
import { overflow } from "./overflow.js";
import { datePicker, dateTimePicker, timePicker } from "./pickers.js";
import { channelsSelect, conversationsSelect, staticSelect, usersSelect } from "./select.js";
import { fileInput, richTextInput, textInput } from "./texts.js";

const DRAWN = new Map(
  Object.entries({
    button,
    workflow_button: workflowButton,
    icon_button: iconButton,
    feedback_buttons: feedbackButtons,
    overflow,
    static_select: staticSelect,
    external_select: externalSelect,
    users_select: usersSelect,
    channels_select: channelsSelect,
    conversations_select: conversationsSelect,
    multi_static_select: multiStaticSelect,
    multi_external_select: multiExternalSelect,
    multi_users_select: multiUsersSelect,
    multi_channels_select: multiChannelsSelect,
    multi_conversations_select: multiConversationsSelect,
    checkboxes,
    radio_buttons: radioButtons,
    datepicker: datePicker,
    timepicker: timePicker,
    datetimepicker: dateTimePicker,
    plain_text_input: textInput,
    email_text_input: textInput,
    url_text_input: textInput,
    number_input: textInput,
    rich_text_input: richTextInput,
    file_input: fileInput,
    image: (element) => picture(element, "bk-thumb"),
    mrkdwn: (element, { context }) => textNodes(element, context),
    plain_text: (element, { context }) => textNodes(element, context),
  }),
);

/**
 * The node of an element. `place` says where it stands: {blockId, context}, and in an input block `input`:
 * {labelId, controlId, describedBy, isRequired, dispatches}.
 */
export function drawElement(element, place) {
  const draw = DRAWN.get(element?.type);
  return draw ? draw(element, place) : unsupported("element", element);
}

/** Elements that hold several controls are named by a legend, the others by a label. */
export function isGroup(element) {
  return element.type === "checkboxes" || element.type === "radio_buttons";
}
