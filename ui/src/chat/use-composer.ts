import { type ClipboardEvent, type RefObject, useEffect, useRef, useState, useSyncExternalStore } from "react";
import { toast } from "@/app/toast";
import { keepWritten, NOTHING, writtenIn } from "@/chat/drafts";
import type { Question } from "@/chat/thread";
import type { Wish } from "@/chat/types";
import { Uploads } from "@/chat/uploads";
import { NO_WISH } from "@/chat/wished";
import { words } from "@/i18n";

/** A longer text that is pasted becomes a file. */
const LONG_PASTE = 8_000;
const KEEP_AFTER = 300;
/** Seconds that a file of a chat is kept of which nothing is; the least that the server knows. */
const PASSING = 3_600;

// Uploads go on while the person looks at another conversation.
const uploadsOf = new Map<string, Uploads>();

function uploadsIn(place: string, person: string, conversation: string): Uploads {
  let found = uploadsOf.get(place);
  if (found === undefined) {
    found = new Uploads(writtenIn(person, conversation).files);
    uploadsOf.set(place, found);
  }
  return found;
}

export interface Composing {
  wish: Wish;
  setWish: (how: (now: Wish) => Wish) => void;
  text: string;
  setText: (text: string) => void;
  uploads: Uploads;
  files: ReturnType<Uploads["snapshot"]>;
  /** Takes what was written, to be sent: the field is empty afterwards. Null: there is nothing, or files are still on their way. */
  take: () => Question | null;
  giveBack: (question: Question) => void;
  onPaste: (event: ClipboardEvent<HTMLTextAreaElement>) => void;
  onPlainPaste: () => void;
}

/** What is being written in one conversation; kept in this browser until it is sent. */
export function useComposing(person: string, conversation: string, field: RefObject<HTMLTextAreaElement | null>): Composing {
  const [passing] = useState(() => new Uploads([], PASSING));
  const uploads = conversation === "" ? passing : uploadsIn(`${person} ${conversation}`, person, conversation);
  const files = useSyncExternalStore(uploads.subscribe, uploads.snapshot);
  const [begun] = useState(() => (conversation === "" ? NOTHING : writtenIn(person, conversation)));
  const [text, setText] = useState(begun.text);
  const [wish, setWish] = useState<Wish>({ assistant: begun.assistant ?? null, stores: begun.stores ?? [] });
  const latest = useRef({ text, files, ...wish });
  const plain = useRef(false);
  useEffect(() => {
    latest.current = { text, files, ...wish };
  });

  // What was not sent of a chat that leaves nothing goes with it.
  useEffect(() => () => passing.snapshot().forEach(({ id }) => passing.remove(id)), [passing]);

  useEffect(() => {
    if (conversation === "") return;
    const timer = setTimeout(() => keepWritten(person, conversation, { text, files, ...wish }), KEEP_AFTER);
    return () => clearTimeout(timer);
  }, [person, conversation, text, files, wish]);

  useEffect(() => {
    if (conversation === "") return;
    const keep = (): void => keepWritten(person, conversation, latest.current);
    window.addEventListener("pagehide", keep);
    return () => {
      window.removeEventListener("pagehide", keep);
      keep();
    };
  }, [person, conversation]);

  function take(): Question | null {
    const written = text.trim();
    if ((written === "" && files.length === 0) || files.some((file) => file.state !== "ready")) return null;
    latest.current = { text: "", files: [], ...NO_WISH };
    setText("");
    setWish(NO_WISH);
    return { text: written, attachments: uploads.take(), ...(wish.assistant !== null && { assistant: wish.assistant }), ...(wish.stores.length > 0 && { stores: wish.stores }) };
  }

  function giveBack(question: Question): void {
    setText((now) => (now === "" ? question.text : now));
    uploads.giveBack(question.attachments);
    setWish((now) => ({ assistant: question.assistant ?? now.assistant, stores: now.stores.length > 0 ? now.stores : (question.stores ?? []) }));
  }

  function onPaste(event: ClipboardEvent<HTMLTextAreaElement>): void {
    const asText = plain.current;
    plain.current = false;
    const pasted = [...event.clipboardData.files];
    const spoken = event.clipboardData.getData("text/plain");
    // Office programs put a picture of a copied text beside it.
    if (pasted.length > 0 && (spoken === "" || !event.clipboardData.types.includes("text/html"))) {
      event.preventDefault();
      uploads.add(pasted.map(named));
    } else if (spoken.length > LONG_PASTE && !asText) {
      event.preventDefault();
      asFile(spoken, uploads, () => insert(field.current, spoken, setText));
    }
  }

  function onPlainPaste(): void {
    plain.current = true;
    setTimeout(() => {
      plain.current = false;
    }, 1_000);
  }

  return { wish, setWish, text, setText, uploads, files, take, giveBack, onPaste, onPlainPaste };
}

function asFile(text: string, uploads: Uploads, back: () => void): void {
  const said = words().chat.composer;
  const [id] = uploads.add([new File([text], said.pastedName, { type: "text/plain" })]);
  toast({
    text: said.pastedAsFile,
    action: {
      label: said.asText,
      run: () => {
        // By then it may have another id.
        const there = uploads.snapshot().find((file) => file.id === id) ?? uploads.snapshot().findLast((file) => file.name === said.pastedName);
        if (there !== undefined) uploads.remove(there.id);
        back();
      },
    },
  });
}

/** At the cursor. */
function insert(field: HTMLTextAreaElement | null, text: string, setText: (how: (now: string) => string) => void): void {
  const start = field?.selectionStart ?? 0;
  const end = field?.selectionEnd ?? start;
  setText((now) => now.slice(0, start) + text + now.slice(end));
  field?.focus();
}

/** Every picture from the clipboard is called image.png. */
function named(file: File): File {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const at = new Date().toISOString().slice(0, 19).replace(/[-:T]/g, "");
  return new File([file], file.name.replace(/^image/, `imagem-${at}`), { type: file.type });
}
