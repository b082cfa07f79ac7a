import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Ghost, SlidersHorizontal } from "lucide-react";
import { type RefObject, useEffect, useMemo, useRef, useState, useSyncExternalStore } from "react";
import { ApiError } from "@/api";
import { newId } from "@/app/browser";
import { queryClient } from "@/app/query";
import { useMe } from "@/app/session";
import { chatApi } from "@/chat/api";
import { type Assistant, assistantQuery } from "@/chat/assistants";
import { ChatFoot, ChatFrame } from "@/chat/chat-frame";
import { useChatKeys } from "@/chat/chat-keys";
import { Composer, type ComposerHandle } from "@/chat/composer";
import { ModelPicker } from "@/chat/model-picker";
import { lastModel, rememberModel, useModels } from "@/chat/models";
import { NO_SETTINGS, type Settings } from "@/chat/settings";
import { AssistantGreeting, SettingsDialog } from "@/chat/windows";
import { storeOf } from "@/chat/stores";
import { keepUnsent, type Unsent, unsentIn } from "@/chat/unsent";
import { TemporaryStore } from "@/chat/temporary";
import type { Question, Thread } from "@/chat/thread";
import { ThreadView } from "@/chat/thread-view";
import type { UserTurn } from "@/chat/types";
import { useWords } from "@/i18n";
import { useShortcut } from "@/library/shortcuts";
import { IconButton, useTitle } from "@/ui";

/** A chat that nothing was said in yet. */
export function NewChatPage() {
  const said = useWords().chat;
  const models = useModels().data;
  const [temporary, setTemporary] = useState(() => window.location.hash === "#temporary"); // as the palette asks for it
  const [picked, setPicked] = useState<string | null>(null);
  const [settings, setSettings] = useState<Settings>(NO_SETTINGS);
  const [open, setOpen] = useState(false);
  const model = picked ?? lastModel(models);
  const chosen = useChosenAssistant();
  useTitle(temporary ? said.temporary.title : (chosen.assistant?.name ?? said.newTitle));

  function pick(id: string): void {
    rememberModel(id);
    setPicked(id);
    chosen.choose(null);
  }

  useShortcut("mod+shift+'", () => setTemporary(!temporary), { id: "temporary", label: said.shortcuts.temporary });

  const toggle = temporary ? said.temporary.stop : said.temporary.start;
  const actions = (
    <>
      <IconButton label={toggle} aria-pressed={temporary} className={temporary ? "bg-accent-soft text-accent" : ""} onClick={() => setTemporary(!temporary)}>
        <Ghost size={18} aria-hidden />
      </IconButton>
      <IconButton label={said.header.settings} onClick={() => setOpen(true)}>
        <SlidersHorizontal size={18} aria-hidden />
      </IconButton>
    </>
  );
  return (
    <ChatFrame heading={<ModelPicker model={model} onPick={pick} assistant={chosen.assistant ?? null} onAssistant={({ id }) => chosen.choose(id)} />} actions={actions}>
      {temporary ? <TemporaryChat model={model} settings={settings} chosen={chosen} /> : <FreshChat model={model} settings={settings} chosen={chosen} />}
      {open && (
        <SettingsDialog
          settings={settings}
          onSave={async (wish) => {
            setSettings(wish);
            return true;
          }}
          onClose={() => setOpen(false)}
        />
      )}
    </ChatFrame>
  );
}

interface ChosenAssistant {
  /** As the page's address says. */
  id: string | null;
  /** Once it was read; undefined where it isn't there. */
  assistant: Assistant | undefined;
  choose: (id: string | null) => void;
}

/** The assistant that the page's address names. */
function useChosenAssistant(): ChosenAssistant {
  const id = useSearch({ from: "/inside/chat" }).assistant ?? null;
  const navigate = useNavigate();
  const { data } = useQuery({ ...assistantQuery(id ?? ""), enabled: id !== null, retry: false });
  // Its state stays: a question from the start page may wait there.
  const choose = (other: string | null): void => void navigate({ to: "/chat", search: other === null ? {} : { assistant: other }, replace: true, hash: true, state: true });
  return { id, assistant: id === null ? undefined : data, choose };
}

interface Asked {
  model: string | null;
  settings: Settings;
  chosen: ChosenAssistant;
}

interface First {
  question: Question;
  key: string;
  at: string;
  error?: unknown;
}

function turnOf({ question, at, error }: First): UserTurn {
  const { text, attachments } = question;
  const sent = { text, attachments, createdAt: at, sending: error === undefined, ...(error !== undefined && { error }) };
  return { role: "user", id: "local-first", key: "first", parentId: null, versions: ["local-first"], ...sent };
}

/** Where a first question is kept until it has made its conversation. */
const NEW = "new";

function unsent({ question, key, at, error }: First): Unsent {
  const { text, attachments } = question;
  return { key, text, attachments, createdAt: at, parentId: null, versions: [], body: {}, error };
}

/** What was asked before the page was loaded anew, and not taken. */
function unsentFirst(person: string): First | null {
  const kept = unsentIn(person, NEW)[0];
  if (kept === undefined) return null;
  const { text, attachments, key, createdAt } = kept;
  return { question: { text, attachments }, key, at: createdAt, error: kept.error ?? new ApiError(0, { code: "unreachable" }) };
}

/** The first question makes the conversation. */
function FreshChat({ model, settings, chosen }: Asked) {
  const me = useMe();
  const navigate = useNavigate();
  const composer = useRef<ComposerHandle>(null);
  const [asked, setAsked] = useState<First | null>(() => unsentFirst(me.id));
  useChatKeys([]);

  async function begin(question: Question, key: string): Promise<void> {
    const first = { question, key, at: new Date().toISOString() };
    show(first);
    try {
      const conversation = await chatApi.begin({ model, settings: { ...settings, assistant: chosen.id } }, key);
      keepUnsent(me.id, NEW, []);
      const store = storeOf(conversation.id, me.id);
      store.isNew();
      store.send(question);
      queryClient.setQueryData(["conversation", conversation.id], conversation);
      await navigate({ to: "/chat/$conversationId", params: { conversationId: conversation.id } });
      void queryClient.invalidateQueries({ queryKey: ["conversations"] });
    } catch (error) {
      show({ ...first, error });
    }
  }

  function show(first: First | null): void {
    keepUnsent(me.id, NEW, first === null ? [] : [unsent(first)]);
    setAsked(first);
  }

  function takeBack(): void {
    if (asked !== null) composer.current?.giveBack(asked.question);
    show(null);
  }

  // A question that was written on the start page is asked at once, and once alone.
  const taken = useRef(false);
  const { isPending } = useModels(); // until then nobody knows which model was chosen the last time
  useEffect(() => {
    const brought = (window.history.state as { ask?: string } | null)?.ask;
    if (brought === undefined || isPending || taken.current) return;
    taken.current = true;
    void navigate({ to: "/chat", search: true, replace: true, state: ({ ask: _gone, ...others }) => others });
    void begin({ text: brought, attachments: [] }, newId());
  });

  const composing = <Composer handle={composer} person={me.id} conversation="new" busy={false} onSend={(question) => void begin(question, newId())} onStop={() => undefined} />;
  if (asked === null) {
    return (
      <Welcome composer={composer} chosen={chosen}>
        {composing}
      </Welcome>
    );
  }
  const thread: Thread = { status: "ready", error: null, turns: [turnOf(asked)], older: "none", busy: false, connection: "live" };
  return (
    <>
      <ThreadView thread={thread} actions={{ resend: () => void begin(asked.question, asked.key), remove: takeBack }} onOlder={() => undefined} editing={null} onEditing={() => undefined} />
      <ChatFoot>{composing}</ChatFoot>
    </>
  );
}

/** A greeting, with the composer in the middle. */
function Welcome({ composer, children, chosen, starters = true }: { composer: RefObject<ComposerHandle | null>; children: React.ReactNode; chosen: ChosenAssistant; starters?: boolean }) {
  const said = useWords().chat;
  const me = useMe();
  const first = (me.name ?? "").trim().split(/\s+/)[0] ?? "";
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="m-auto flex w-full max-w-3xl flex-col px-3 pb-[14dvh] sm:px-6">
        {chosen.id === null ? (
          <h1 className="px-2 pt-6 pb-6 text-center text-[1.625rem] leading-tight font-medium tracking-tight">{said.greeting(first)}</h1>
        ) : (
          <AssistantGreeting key={chosen.id} id={chosen.id} onBegin={(text) => composer.current?.begin(text)} onWithout={() => chosen.choose(null)} />
        )}
        {children}
        {starters && chosen.id === null && (
          <ul aria-label={said.starters.label} className="flex flex-wrap justify-center gap-2 pt-4">
            {said.starters.items.map(({ title, text }) => (
              <li key={title}>
                <button type="button" onClick={() => composer.current?.begin(text)} className="min-h-9 rounded-full border border-line px-3.5 text-sm text-muted transition-colors hover:bg-hover hover:text-ink">
                  {title}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}

/** Lives as long as it is on the page. */
function TemporaryChat({ model, settings, chosen }: Asked) {
  const said = useWords().chat;
  const store = useMemo(() => new TemporaryStore(), []);
  const thread = useSyncExternalStore(store.subscribe, store.snapshot);
  const composer = useRef<ComposerHandle>(null);
  const [editing, setEditing] = useState<string | null>(null);
  useEffect(() => {
    // An assistant has a model of its own.
    store.wishes({ model: chosen.id === null ? model : null, instructions: settings.instructions ?? null, temperature: settings.temperature ?? null, assistant: chosen.id });
  }, [store, model, settings, chosen.id]);
  useChatKeys(thread.turns);
  useEffect(() => () => store.forget(), [store]);
  useWarning(thread.turns.length > 0);
  const composing = (
    <Composer handle={composer} person="" conversation="" busy={thread.busy} queues={false} onSend={store.send} onStop={store.stop} onEditLast={() => setEditing(thread.turns.findLast((turn) => turn.role === "user")?.key ?? null)} />
  );
  return (
    <>
      <p role="note" className="mx-auto flex w-full max-w-3xl items-center gap-2.5 px-4 sm:px-6">
        <span className="flex w-full items-center gap-2.5 rounded-xl bg-accent-soft px-3.5 py-2.5 text-sm text-accent">
          <Ghost size={18} className="shrink-0" aria-hidden />
          {said.temporary.banner}
        </span>
      </p>
      {thread.turns.length === 0 ? (
        <Welcome composer={composer} chosen={chosen} starters={false}>
          {composing}
        </Welcome>
      ) : (
        <>
          <ThreadView thread={thread} actions={store.actions} onOlder={() => undefined} editing={editing} onEditing={setEditing} />
          <ChatFoot note={said.composer.note}>{composing}</ChatFoot>
        </>
      )}
    </>
  );
}

/** The browser asks before what can't be had back is left. */
function useWarning(wanted: boolean): void {
  useEffect(() => {
    if (!wanted) return;
    const warn = (event: BeforeUnloadEvent): void => event.preventDefault();
    window.addEventListener("beforeunload", warn);
    return () => window.removeEventListener("beforeunload", warn);
  }, [wanted]);
}
