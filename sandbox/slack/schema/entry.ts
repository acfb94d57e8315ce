// The types that the stand-in is held to, under the names by which schemas.py asks for them.
import type {
  BlockAction,
  BlockSuggestion,
  EnvelopedEvent,
  GlobalShortcut,
  MessageShortcut,
  SlashCommand,
  ViewClosedAction,
  ViewSubmitAction,
} from "@slack/bolt";
import type { AnyBlock, AppHomeOpenedEvent, HomeView, LinkSharedEvent, ModalView } from "@slack/types";
import type {
  APITestArguments,
  AppsConnectionsOpenArguments,
  AuthTestArguments,
  BotsInfoArguments,
  ChatDeleteArguments,
  ChatGetPermalinkArguments,
  ChatPostEphemeralArguments,
  ChatPostMessageArguments,
  ChatUnfurlArguments,
  ChatUpdateArguments,
  ConversationsHistoryArguments,
  ConversationsInfoArguments,
  ConversationsJoinArguments,
  ConversationsListArguments,
  ConversationsMembersArguments,
  ConversationsOpenArguments,
  ConversationsRepliesArguments,
  FilesCompleteUploadExternalArguments,
  FilesGetUploadURLExternalArguments,
  FilesInfoArguments,
  TeamInfoArguments,
  UsergroupsUsersListArguments,
  UsersInfoArguments,
  UsersListArguments,
  ViewsOpenArguments,
  ViewsPublishArguments,
  ViewsPushArguments,
  ViewsUpdateArguments,
} from "@slack/web-api";

export type OurBlocks = AnyBlock[];
export type OurModal = ModalView;
export type OurHome = HomeView;
export type OurApiTest = Exclude<APITestArguments, undefined>;
export type OurAuthTest = Exclude<AuthTestArguments, undefined>;
export type OurBot = Exclude<BotsInfoArguments, undefined>;
export type OurConnectionsOpen = Exclude<AppsConnectionsOpenArguments, undefined>;
export type OurTeamInfo = Exclude<TeamInfoArguments, undefined>;
export type OurPostMessage = ChatPostMessageArguments;
export type OurPostEphemeral = ChatPostEphemeralArguments;
export type OurUpdate = ChatUpdateArguments;
export type OurDelete = ChatDeleteArguments;
export type OurPermalink = ChatGetPermalinkArguments;
export type OurUnfurl = ChatUnfurlArguments;
export type OurChannels = Exclude<ConversationsListArguments, undefined>;
export type OurChannel = ConversationsInfoArguments;
export type OurMembers = ConversationsMembersArguments;
export type OurHistory = ConversationsHistoryArguments;
export type OurReplies = ConversationsRepliesArguments;
export type OurOpenDirect = ConversationsOpenArguments;
export type OurJoin = ConversationsJoinArguments;
export type OurAnnounceFile = FilesGetUploadURLExternalArguments;
export type OurShareFile = FilesCompleteUploadExternalArguments;
export type OurFile = FilesInfoArguments;
export type OurUser = UsersInfoArguments;
export type OurUserGroup = UsergroupsUsersListArguments;
export type OurUsers = UsersListArguments;
export type OurOpenView = ViewsOpenArguments;
export type OurPushView = ViewsPushArguments;
export type OurPublishView = ViewsPublishArguments;
export type OurUpdateView = ViewsUpdateArguments;
export type OurCommand = SlashCommand;
export type OurActions = BlockAction;
export type OurSuggestion = BlockSuggestion;
export type OurShortcut = GlobalShortcut;
export type OurMessageShortcut = MessageShortcut;
export type OurSubmission = ViewSubmitAction;
export type OurClosed = ViewClosedAction;
export type OurHomeOpened = EnvelopedEvent<AppHomeOpenedEvent>;
export type OurLinkShared = EnvelopedEvent<LinkSharedEvent>;
