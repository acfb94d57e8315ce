// Registers the blocks and elements that few messages have, and the inputs of modals.

import { drawBlock } from "./blocks.js";
import { alert, card, carousel, container } from "./cards.js";
import { feedbackButtons, iconButton, workflowButton } from "./elements/buttons.js";
import { checkboxes, radioButtons } from "./elements/choices.js";
import { externalSelect, multiExternalSelect } from "./elements/external.js";
import { multiChannelsSelect, multiConversationsSelect, multiStaticSelect, multiUsersSelect } from "./elements/multi_select.js";
import { datePicker, dateTimePicker, timePicker } from "./elements/pickers.js";
import { channelsSelect, conversationsSelect, staticSelect, usersSelect } from "./elements/select.js";
import { fileInput } from "./elements/file.js";
import { richTextInput, textInput } from "./elements/texts.js";
import { input } from "./inputs.js";
import { add, BLOCKS, complete, ELEMENTS } from "./registry.js";
import { markdown } from "./markdown.js";
import { file, video } from "./pictures.js";
import { richText } from "./rich_text.js";
import { chart, dataTable, table } from "./tables.js";
import { plan, taskCard } from "./tasks.js";

add(BLOCKS, {
  video,
  file,
  rich_text: richText,
  markdown,
  table,
  data_table: dataTable,
  data_visualization: chart,
  plan,
  task_card: taskCard,
  card,
  carousel,
  alert,
  container: (block, place) => container(block, place, drawBlock),
  input,
});
add(ELEMENTS, {
  workflow_button: workflowButton,
  icon_button: iconButton,
  feedback_buttons: feedbackButtons,
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
});
complete();
