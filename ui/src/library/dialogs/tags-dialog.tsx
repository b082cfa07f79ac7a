import { useQuery } from "@tanstack/react-query";
import { Plus, X } from "lucide-react";
import { type FormEvent, useId, useRef, useState } from "react";
import type { Conversation } from "@/api";
import { useWords } from "@/i18n";
import { edit, nameOf, withTag } from "@/library/edits";
import { folded } from "@/library/listing";
import { tagsQuery } from "@/library/queries";
import { Button, Dialog, Field, IconButton, TextInput } from "@/ui";

const MOST = 20;

/** The tags of one conversation; what is in use elsewhere is a click away. */
export function TagsDialog({ conversation, onClose }: { conversation: Conversation; onClose: () => void }) {
  const words = useWords();
  const said = words.library.tags;
  const [tags, setTags] = useState<readonly string[]>(conversation.tags);
  const [text, setText] = useState("");
  const changed = tags.length !== conversation.tags.length || tags.some((each, at) => each !== conversation.tags[at]);

  function save(): void {
    const all = tags.length < MOST ? withTag(tags, text) : tags; // typed and not entered yet: meant all the same
    if (changed || all !== tags) void edit(conversation, { tags: [...all] });
    onClose();
  }

  const actions = (
    <>
      <Button onClick={onClose}>{words.common.cancel}</Button>
      <Button kind="primary" onClick={save}>
        {words.common.save}
      </Button>
    </>
  );
  return (
    <Dialog open onClose={onClose} title={said.title(nameOf(conversation))} actions={actions}>
      <TagEditor tags={tags} onChange={setTags} text={text} onText={setText} />
    </Dialog>
  );
}

interface TagEditorProps {
  tags: readonly string[];
  onChange: (tags: readonly string[]) => void;
  text: string;
  onText: (text: string) => void;
}

/** Chips with a field behind them, and what might be meant. */
function TagEditor({ tags, onChange, text, onText }: TagEditorProps) {
  const words = useWords().library.tags;
  const field = useRef<HTMLInputElement>(null);
  const full = tags.length >= MOST;

  function add(tag: string): void {
    if (!full) onChange(withTag(tags, tag));
    onText("");
    field.current?.focus();
  }

  function submit(event: FormEvent): void {
    event.preventDefault();
    add(text);
  }

  return (
    <div className="flex flex-col gap-4">
      <form onSubmit={submit}>
        <Field label={words.add} hint={full ? words.full : words.hint}>
          {(ids) => <TextInput {...ids} ref={field} value={text} maxLength={64} autoComplete="off" disabled={full} onChange={(event) => onText(event.target.value)} />}
        </Field>
      </form>
      {tags.length === 0 ? <p className="text-sm text-muted">{words.none}</p> : <Chips tags={tags} onRemove={(tag) => onChange(tags.filter((each) => each !== tag))} />}
      {!full && <Suggestions text={text} tags={tags} onChoose={add} />}
    </div>
  );
}

function Chips({ tags, onRemove }: { tags: readonly string[]; onRemove: (tag: string) => void }) {
  const words = useWords().library.tags;
  return (
    <ul aria-label={words.label} className="flex flex-wrap gap-1.5">
      {tags.map((tag) => (
        <li key={tag} className="flex items-center rounded-full bg-accent-soft pl-3 text-sm text-ink">
          {tag}
          <IconButton label={words.remove(tag)} size="small" className="rounded-full" onClick={() => onRemove(tag)}>
            <X size={14} aria-hidden />
          </IconButton>
        </li>
      ))}
    </ul>
  );
}

function Suggestions({ text, tags, onChoose }: { text: string; tags: readonly string[]; onChoose: (tag: string) => void }) {
  const words = useWords().library.tags;
  const heading = useId();
  const { data } = useQuery(tagsQuery);
  const wanted = folded(text);
  const found = (data ?? []).filter((each) => folded(each.name).includes(wanted) && !tags.some((tag) => folded(tag) === folded(each.name))).slice(0, 12);
  if (found.length === 0) return null;
  return (
    <div>
      <p id={heading} className="mb-1.5 text-sm font-medium">
        {words.suggestions}
      </p>
      <ul aria-labelledby={heading} className="flex flex-wrap gap-1.5">
        {found.map((each) => (
          <li key={each.name}>
            <button type="button" onClick={() => onChoose(each.name)} className="inline-flex min-h-8 items-center gap-1 rounded-full border border-line px-3 text-sm hover:bg-hover">
              <Plus size={14} className="text-muted" aria-hidden />
              {each.name}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
