// Draws all of Slack's Block Kit, with rare blocks and inputs loaded at once: for modals and App Home.

import "./rare.js";

export { renderBlocks, renderMrkdwn } from "./light.js";
export { readState, showErrors } from "./state.js";
