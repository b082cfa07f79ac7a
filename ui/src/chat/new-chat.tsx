import { useQuery } from "@tanstack/react-query";
import { useNavigate, useSearch } from "@tanstack/react-router";
import { Ghost, SlidersHorizontal } from "lucide-react";
import { lazy, Suspense, useEffect, useRef, useState } from "react";
import { ApiError } from "@/api";
import { newId } from "@/app/browser";
import { queryClient } from "@/app/query";
import { useMe } from "@/app/session";
import { chatApi } from "@/chat/api";
import { assistantQuery } from "@/chat/assistants";
import { ChatFoot, ChatFrame } from "@/chat/chat-frame";
import { useChatKeys } from "@/chat/chat-keys";
import { Composer, type ComposerHandle } from "@/chat/composer";
import { ModelPicker } from "@/chat/model-picker";
import { lastModel, rememberModel, useModels } from "@/chat/models";
import { NO_SETTINGS, type Settings } from "@/chat/settings";
import { type Asking, type ChosenAssistant, Welcome } from "@/chat/welcome";
import { SettingsDialog } from "@/chat/windows";
import { keepUnsent, type Unsent, unsentIn } from "@/chat/unsent";
import type { Question, Thread } from "@/chat/thread";
import type { UserTurn } from "@/chat/types";
import { useWords } from "@/i18n";
import { useShortcut } from "@/library/shortcuts";
import { IconButton, useTitle } from "@/ui";

// What shows and keeps a conversation comes while its first question is written.
const loadThread = () => import("@/chat/thread-view");
const loadStores = () => import("@/chat/stores");
const ThreadView = lazy(async () => ({ default: (await loadThread()).ThreadView }));

function prepare(): void {
  for (const coming of [loadThread(), loadStores(), import("@/chat/chat-page")]) coming.catch(() => undefined);
}

const TemporaryChat = lazy(() => import("@/chat/temporary-chat").then((module) => ({ default: module.TemporaryChat })));

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
    if (chosen.id !== null) chosen.choose(null);
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
      {temporary ? (
        <Suspense fallback={null}>
          <TemporaryChat model={model} settings={settings} chosen={chosen} />
        </Suspense>
      ) : (
        <FreshChat model={model} settings={settings} chosen={chosen} />
      )}
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

/** The assistant that the page's address names. */
function useChosenAssistant(): ChosenAssistant {
  const id = useSearch({ from: "/inside/chat" }).assistant ?? null;
  const navigate = useNavigate();
  const { data } = useQuery({ ...assistantQuery(id ?? ""), enabled: id !== null, retry: false });
  // Its state stays: a question from the start page may wait there.
  const choose = (other: string | null): void => void navigate({ to: "/chat", search: other === null ? {} : { assistant: other }, replace: true, hash: true, state: true });
  return { id, assistant: id === null ? undefined : data, choose };
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
function FreshChat({ model, settings, chosen }: Asking) {
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
      const { storeOf } = await loadStores();
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
    prepare();
    void navigate({ to: "/chat", search: true, replace: true, state: ({ ask: _gone, ...others }) => others });
    void begin({ text: brought, attachments: [] }, newId());
  });

  const composing = (
    <div onInput={prepare}>
      <Composer handle={composer} person={me.id} conversation="new" busy={false} onSend={(question) => void begin(question, newId())} onStop={() => undefined} />
    </div>
  );
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
      <Suspense fallback={<div className="min-h-0 flex-1" />}>
        <ThreadView thread={thread} actions={{ resend: () => void begin(asked.question, asked.key), remove: takeBack }} onOlder={() => undefined} editing={null} onEditing={() => undefined} />
      </Suspense>
      <ChatFoot>{composing}</ChatFoot>
    </>
  );
}
