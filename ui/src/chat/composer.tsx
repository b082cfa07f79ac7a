import { ArrowUp, AtSign, Paperclip, Square } from "lucide-react";
import { type KeyboardEvent, lazy, Suspense, useEffect, useImperativeHandle, useLayoutEffect, useRef } from "react";
import { DropZone } from "@/chat/drop-zone";
import { ACCEPT } from "@/chat/file-kinds";
import { useMentions } from "@/chat/mention/use-mentions";
import type { Question } from "@/chat/thread";
import { type Composing, useComposing } from "@/chat/use-composer";
import { useWords } from "@/i18n";

// The menu comes with the first @, # or /, and what stands above the field with the first of its kind.
const ComposerFiles = lazy(() => import("@/chat/composer-files").then((module) => ({ default: module.ComposerFiles })));
const ComposerWishes = lazy(() => import("@/chat/composer-wishes").then((module) => ({ default: module.ComposerWishes })));
const Mentions = lazy(() => import("@/chat/mention/mentions").then((module) => ({ default: module.Mentions })));

export interface ComposerHandle {
  giveBack: (question: Question) => void;
  begin: (text: string) => void;
}

interface ComposerProps {
  /** Whose, and where, what is written is kept; "" keeps it nowhere, and files for an hour. */
  person: string;
  conversation: string;
  busy: boolean;
  /** Whether a question may wait for the answer that is being given. */
  queues?: boolean;
  onSend: (question: Question) => void;
  onStop: () => void;
  /** ↑ in the empty field. */
  onEditLast?: () => void;
  handle?: React.Ref<ComposerHandle>;
}

const QUIET = "grid size-9 shrink-0 place-items-center rounded-full text-muted transition-colors hover:bg-hover hover:text-ink";

/** No key of a touch keyboard sends by accident. */
const onTouch = (): boolean => window.matchMedia("(hover: none) and (pointer: coarse)").matches;

export function focusComposer(): void {
  document.querySelector<HTMLTextAreaElement>("textarea[data-composer]")?.focus();
}

/** Where a message is written. */
export function Composer(props: ComposerProps) {
  const { person, conversation, busy, queues = true, onSend, onStop, onEditLast, handle } = props;
  const words = useWords().chat.composer;
  const field = useRef<HTMLTextAreaElement>(null);
  const composing = useComposing(person, conversation, field);
  const { text, setText, uploads, files } = composing;
  const mentioning = useMentions(field, composing);
  useGrowth(field);
  useImperativeHandle(handle, () => ({ giveBack: composing.giveBack, begin: (started) => begin(field, setText, started) }));
  useEffect(() => {
    if (!onTouch()) field.current?.focus({ preventScroll: true });
  }, []);

  function send(replace = false): void {
    if (busy && !queues) return;
    const question = composing.take();
    if (question !== null) onSend(replace ? { ...question, replace } : question);
    field.current?.focus();
  }

  function onKeyDown(event: KeyboardEvent<HTMLTextAreaElement>): void {
    if (event.nativeEvent.isComposing || event.keyCode === 229 || mentioning.onKeyDown(event)) return;
    if (event.key === "Enter" && !event.shiftKey && !event.altKey && !onTouch()) {
      event.preventDefault();
      send();
    } else if (event.key === "Escape" && busy && !event.shiftKey) {
      event.preventDefault();
      onStop();
    } else if (event.key === "ArrowUp" && text === "" && files.length === 0 && onEditLast !== undefined) {
      event.preventDefault();
      onEditLast();
    } else if (event.key.toLowerCase() === "v" && event.shiftKey && (event.ctrlKey || event.metaKey)) composing.onPlainPaste();
  }

  return (
    <form
      className="relative rounded-3xl border border-edge/50 bg-surface transition-colors focus-within:border-edge"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <DropZone onFiles={(dropped) => uploads.add(dropped)} />
      <Suspense fallback={null}>{mentioning.wanted && <Mentions mentioning={mentioning} composing={composing} />}</Suspense>
      <Suspense fallback={null}>{(composing.wish.assistant !== null || composing.wish.stores.length > 0) && <ComposerWishes wish={composing.wish} setWish={composing.setWish} />}</Suspense>
      <Suspense fallback={null}>{files.length > 0 && <ComposerFiles files={files} uploads={uploads} />}</Suspense>
      <textarea
        ref={field}
        data-composer
        rows={1}
        value={text}
        dir="auto"
        aria-label={words.label}
        aria-describedby="composer-hint"
        aria-autocomplete="list"
        aria-haspopup="listbox"
        aria-controls={mentioning.active?.replace(/-\d+$/, "")}
        aria-activedescendant={mentioning.active ?? undefined}
        placeholder={words.placeholder}
        onChange={(event) => {
          setText(event.target.value);
          mentioning.onSelect();
        }}
        onSelect={mentioning.onSelect}
        onBlur={mentioning.onBlur}
        onKeyDown={onKeyDown}
        onPaste={composing.onPaste}
        className="block field-sizing-content max-h-[38dvh] min-h-13 w-full resize-none bg-transparent px-4.5 pt-3.5 pb-1 text-base leading-6 text-ink outline-none placeholder:text-muted"
      />
      <Row {...props} composing={composing} onMention={() => mentioning.begin("@")} onReplace={() => send(true)} />
    </form>
  );
}

interface RowProps extends ComposerProps {
  composing: Composing;
  onMention: () => void;
  onReplace: () => void;
}

/** What can be done with the message, below it. */
function Row({ busy, queues = true, onStop, composing, onMention, onReplace }: RowProps) {
  const words = useWords().chat.composer;
  const { text, files, uploads } = composing;
  const why = whyNot(composing, busy && !queues, words);
  return (
    <div className="flex items-center gap-2 px-2.5 pb-2.5">
      <div className="flex">
        <Attach uploads={uploads} />
        <button type="button" aria-label={words.mention} title={words.mentions} onClick={onMention} className={QUIET}>
          <AtSign size={18} aria-hidden />
        </button>
      </div>
      <span id="composer-hint" className="sr-only">
        {words.hint}. {words.mentions}.
      </span>
      {busy && text !== "" && queues && <Queue onReplace={onReplace} />}
      <span className="ml-auto flex gap-2">
        {busy && <RoundButton label={words.stop} onClick={onStop} icon={<Square size={14} fill="currentColor" aria-hidden />} />}
        {(!busy || text !== "" || files.length > 0) && (
          <RoundButton submit strong label={busy ? words.sendAfter : words.send} why={why} icon={<ArrowUp size={20} aria-hidden />} />
        )}
      </span>
    </div>
  );
}

/** What is sent now waits, or takes the place of what is being said. */
function Queue({ onReplace }: { onReplace: () => void }) {
  const words = useWords().chat.composer;
  return (
    <span className="min-w-0 flex-1 truncate text-right text-xs text-muted">
      <span className="max-sm:sr-only">{words.queue} </span>
      <button type="button" onClick={onReplace} className="min-h-6 font-medium text-accent hover:underline">
        {words.replace}
      </button>
    </span>
  );
}

/** Why nothing can be sent now; null: it can. */
function whyNot({ text, files }: Composing, blocked: boolean, words: ReturnType<typeof useWords>["chat"]["composer"]): string | null {
  if (blocked) return words.busyTemporary;
  if (files.some((file) => file.state === "uploading")) return words.uploading;
  if (files.some((file) => file.state === "failed")) return words.failedFiles;
  return text.trim() === "" && files.length === 0 ? words.nothing : null;
}

interface RoundButtonProps {
  label: string;
  icon: React.ReactNode;
  onClick?: () => void;
  submit?: boolean;
  strong?: boolean;
  /** Why it does nothing now. */
  why?: string | null;
}

function RoundButton({ label, icon, onClick, submit = false, strong = false, why = null }: RoundButtonProps) {
  return (
    <button
      type={submit ? "submit" : "button"}
      onClick={onClick}
      aria-label={label}
      aria-disabled={why !== null || undefined}
      title={why ?? label}
      className={`grid size-9 place-items-center rounded-full transition-colors aria-disabled:cursor-not-allowed ${
        strong ? "bg-accent text-on-accent hover:bg-accent-hover aria-disabled:bg-hover aria-disabled:text-muted" : "border border-line text-ink hover:bg-hover"
      }`}
    >
      {icon}
    </button>
  );
}

function Attach({ uploads }: { uploads: Composing["uploads"] }) {
  const words = useWords().chat.composer;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <button
        type="button"
        aria-label={words.attach}
        title={words.attach}
        onClick={() => input.current?.click()}
        className={QUIET}
      >
        <Paperclip size={19} aria-hidden />
      </button>
      <input
        ref={input}
        type="file"
        multiple
        hidden
        accept={ACCEPT}
        data-attach
        onChange={(event) => {
          uploads.add(event.target.files ?? []);
          event.target.value = "";
          focusComposer();
        }}
      />
    </>
  );
}

/** As tall as what is in it, up to a limit that the style sets. */
function useGrowth(field: React.RefObject<HTMLTextAreaElement | null>): void {
  useLayoutEffect(() => {
    // Where a style does it the page isn't laid out at each key.
    if (CSS.supports("field-sizing", "content")) return;
    field.current?.style.setProperty("height", "auto");
    field.current?.style.setProperty("height", `${field.current.scrollHeight}px`);
  });
}

function begin(field: React.RefObject<HTMLTextAreaElement | null>, setText: (text: string) => void, text: string): void {
  setText(text);
  requestAnimationFrame(() => {
    field.current?.focus();
    field.current?.setSelectionRange(text.length, text.length);
  });
}
