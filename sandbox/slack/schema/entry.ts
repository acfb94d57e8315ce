// The types that the stand-in is held to, under the names by which schema.py asks for them.
import type {
  BlockAction,
  GlobalShortcut,
  MessageShortcut,
  SlashCommand,
  ViewSubmitAction,
} from "@slack/bolt";
import type { AnyBlock, HomeView, ModalView } from "@slack/types";
import type {
  ChatPostEphemeralArguments,
  ChatPostMessageArguments,
  ChatUpdateArguments,
  ViewsOpenArguments,
  ViewsPublishArguments,
  ViewsUpdateArguments,
} from "@slack/web-api";

export type OurBlocks = AnyBlock[];
export type OurModal = ModalView;
export type OurHome = HomeView;
export type OurPostMessage = ChatPostMessageArguments;
export type OurPostEphemeral = ChatPostEphemeralArguments;
export type OurUpdate = ChatUpdateArguments;
export type OurOpenView = ViewsOpenArguments;
export type OurPublishView = ViewsPublishArguments;
export type OurUpdateView = ViewsUpdateArguments;
export type OurCommand = SlashCommand;
export type OurActions = BlockAction;
export type OurShortcut = GlobalShortcut;
export type OurMessageShortcut = MessageShortcut;
export type OurSubmission = ViewSubmitAction;
