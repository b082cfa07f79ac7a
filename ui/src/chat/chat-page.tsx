import { useQuery } from "@tanstack/react-query";
import { Link, useNavigate, useParams } from "@tanstack/react-router";
import { Bell, BellOff, MessageSquareOff, SlidersHorizontal } from "lucide-react";
import { useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { type Conversation, explain } from "@/api";
import { queryClient } from "@/app/query";
import { useMe } from "@/app/session";
import { toast } from "@/app/toast";
import { answered, switchNotifying, useMarked, useNotifying } from "@/chat/attention";
import { ChatFoot, ChatFrame } from "@/chat/chat-frame";
import { useChatKeys } from "@/chat/chat-keys";
import { ChatTitle } from "@/chat/chat-title";
import { Composer, type ComposerHandle } from "@/chat/composer";
import { ConversationContext } from "@/chat/message/where";
import { ModelPicker } from "@/chat/model-picker";
import { rememberModel } from "@/chat/models";
import { keepSettings } from "@/chat/settings";
import { AssistantGone, ContextDialog, SettingsDialog } from "@/chat/windows";
import type { ConversationStore } from "@/chat/store";
import { storeOf } from "@/chat/stores";
import { ThreadView } from "@/chat/thread-view";
import type { AnswerTurn, Turn, TurnActions } from "@/chat/types";
import { useWords, words } from "@/i18n";
import { ConversationMenu } from "@/library/conversation-menu";
import { edit } from "@/library/edits";
import { useJump } from "@/library/jump";
import { conversationQuery, known } from "@/library/queries";
import { buttonClass, Confirm, EmptyState, ErrorState, IconButton, useTitle } from "@/ui";

export function ChatPage() {
  const { conversationId } = useParams({ from: "/inside/chat/$conversationId" });
  return <Chat key={conversationId} id={conversationId} />;
}

/** Follows the conversation while it is looked at. */
function useStore(id: string): ConversationStore {
  const { id: person } = useMe();
  const store = useMemo(() => storeOf(id, person), [id, person]);
  useEffect(() => {
    store.open();
    return () => store.close();
  }, [store]);
  return store;
}

function Chat({ id }: { id: string }) {
  const said = useWords().chat;
  const me = useMe();
  const store = useStore(id);
  const thread = useSyncExternalStore(store.subscribe, store.snapshot);
  const { data: conversation } = useQuery({ ...conversationQuery(id), placeholderData: () => known(id), retry: false });
  const composer = useRef<ComposerHandle>(null);
  const [editing, setEditing] = useState<string | null>(null);
  const deeds = useDeeds(store);
  useTelling(store, id, composer);
  useChatKeys(thread.turns);
  useJump(thread, { older: store.loadOlder, choose: store.showItem });
  const missing = thread.status === "missing";
  useTitle(`${useMarked() ? "● " : ""}${missing ? said.missing.title : (conversation?.title ?? (conversation === undefined ? "" : said.untitled))}`);

  function editLast(): void {
    const last = thread.turns.findLast((turn) => turn.role === "user" && !turn.sending && turn.error === undefined);
    if (last !== undefined) setEditing(last.key);
  }

  if (missing) return <Missing />;
  return (
    <ChatFrame heading={conversation && <Heading conversation={conversation} />} actions={conversation && <HeaderActions conversation={conversation} />}>
      {thread.status === "failed" ? (
        <div className="grid flex-1 place-items-center">
          <ErrorState error={thread.error} title={said.thread.failedTitle} onRetry={store.reload} />
        </div>
      ) : (
        <ConversationContext value={id}>
          <ThreadView
            thread={thread}
            actions={deeds.actions}
            onOlder={store.loadOlder}
            editing={editing}
            onEditing={setEditing}
            empty={<p className="py-16 text-center text-muted">{said.thread.empty}</p>}
          />
        </ConversationContext>
      )}
      <ChatFoot note={said.composer.note}>
        {conversation?.assistant?.available === false && <AssistantGone name={conversation.assistant.name} onWithout={() => void answeredBy(conversation, null)} />}
        <Composer handle={composer} person={me.id} conversation={id} busy={thread.busy} onSend={store.send} onStop={store.stop} onEditLast={editLast} />
      </ChatFoot>
      {deeds.inspected !== null && <ContextDialog turn={deeds.inspected} turns={thread.turns} onClose={() => deeds.inspect(null)} />}
      {deeds.doomed !== null && <DeleteTurn turn={deeds.doomed} store={store} onClose={() => deeds.doom(null)} />}
    </ChatFrame>
  );
}

/** What can be done with turns, with the windows that some of it needs. */
function useDeeds(store: ConversationStore) {
  const [inspected, inspect] = useState<AnswerTurn | null>(null);
  const [doomed, doom] = useState<Turn | null>(null);
  const actions = useMemo<TurnActions>(() => {
    // What never reached the server is gone without a question.
    const remove = (turn: Turn): void => (turn.id.startsWith("local-") ? store.actions.remove?.(turn) : doom(turn));
    return { ...store.actions, inspect, remove };
  }, [store]);
  return { actions, inspected, inspect, doomed, doom };
}

function DeleteTurn({ turn, store, onClose }: { turn: Turn; store: ConversationStore; onClose: () => void }) {
  const said = useWords().chat.deleteTurn;
  return <Confirm open onClose={onClose} title={said.title} text={said.text} action={said.action} onConfirm={async () => store.actions.remove?.(turn)} />;
}

/** Tells the person what the store has to say. */
function useTelling(store: ConversationStore, id: string, composer: React.RefObject<ComposerHandle | null>): void {
  const navigate = useNavigate();
  useEffect(() => {
    store.tell({
      failed: (error) => toast({ kind: "error", text: words().chat.notes.notDone(explain(error, words())) }),
      ended: () => {
        // Of an answer that came to nothing the changes tell nothing.
        for (const queryKey of [["conversation", id], ["conversations"]]) void queryClient.invalidateQueries({ queryKey });
        const title = queryClient.getQueryData<Conversation>(["conversation", id])?.title ?? words().chat.untitled;
        answered(title, words().chat.notes.ready, id, () => void navigate({ to: "/chat/$conversationId", params: { conversationId: id } }));
      },
      givenBack: (question) => composer.current?.giveBack(question),
    });
  }, [store, id, composer, navigate]);
}

/** Lets an assistant answer from now on, or none. */
function answeredBy(conversation: Conversation, assistant: string | null): Promise<boolean> {
  return edit(conversation, { settings: { ...conversation.settings, assistant } });
}

function Heading({ conversation }: { conversation: Conversation }) {
  const [renaming, setRenaming] = useState(false);
  const { assistant, settings } = conversation;

  function pick(model: string): void {
    rememberModel(model);
    if (model !== conversation.model || assistant !== null) void edit(conversation, { model, ...(assistant !== null && { settings: { ...settings, assistant: null } }) });
  }

  return (
    <div className="flex min-w-0 flex-1 flex-col sm:flex-row sm:items-center sm:gap-2">
      <ChatTitle conversation={conversation} renaming={renaming} onRenaming={setRenaming} />
      {!renaming && (
        <div className="flex min-w-0 shrink-0 max-sm:[&_button]:min-h-6 max-sm:[&_button]:px-2 max-sm:[&_button]:text-xs">
          <ModelPicker model={conversation.model} onPick={pick} assistant={assistant?.available === true ? assistant : null} onAssistant={({ id }) => void answeredBy(conversation, id)} />
        </div>
      )}
    </div>
  );
}

function HeaderActions({ conversation }: { conversation: Conversation }) {
  const said = useWords().chat;
  const navigate = useNavigate();
  const [open, setOpen] = useState(false);
  return (
    <>
      <NotifyButton />
      <IconButton label={said.header.settings} onClick={() => setOpen(true)}>
        <SlidersHorizontal size={18} aria-hidden />
      </IconButton>
      <ConversationMenu conversation={conversation} onGone={() => void navigate({ to: "/chat" })} />
      {open && <SettingsDialog settings={conversation.settings} onSave={(settings) => keepSettings(conversation, settings, said.settings.saved)} onClose={() => setOpen(false)} />}
    </>
  );
}

function NotifyButton() {
  const said = useWords().chat.header;
  const state = useNotifying();
  if (state === "unknown") return null;

  async function click(): Promise<void> {
    const now = await switchNotifying();
    if (now === "denied") toast({ kind: "error", text: said.notifyDenied });
    else if (now === "on") toast({ text: said.notifyOn });
  }

  return (
    <IconButton label={said.notify} aria-pressed={state === "on"} className={`max-sm:hidden ${state === "on" ? "text-accent" : ""}`} onClick={() => void click()}>
      {state === "denied" ? <BellOff size={18} aria-hidden /> : <Bell size={18} aria-hidden />}
    </IconButton>
  );
}

function Missing() {
  const said = useWords().chat.missing;
  return (
    <ChatFrame heading={null}>
      <div className="grid flex-1 place-items-center">
        <EmptyState
          icon={<MessageSquareOff aria-hidden />}
          title={said.title}
          action={
            <div className="flex flex-wrap justify-center gap-2">
              <Link to="/trash" className={buttonClass()}>
                {said.trash}
              </Link>
              <Link to="/chat" className={buttonClass("primary")}>
                {said.fresh}
              </Link>
            </div>
          }
        >
          {said.text}
        </EmptyState>
      </div>
    </ChatFrame>
  );
}
