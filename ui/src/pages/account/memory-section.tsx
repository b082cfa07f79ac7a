import { useQuery } from "@tanstack/react-query";
import { Brain, Pencil, Trash2 } from "lucide-react";
import { useState } from "react";
import { api, call, isApiError, type Schemas } from "@/api";
import { queryClient } from "@/app/query";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/pages";
import { ago } from "@/i18n/format";
import { length, troubles } from "@/pages/account/checks";
import { Form, useForm } from "@/pages/account/form";
import { tell } from "@/pages/account/tell";
import { Button, Card, Confirm, EmptyState, ErrorState, Field, IconButton, Section, SkeletonList, Switch, TextArea } from "@/ui";

type Memory = Schemas["Memory"];
type Wishes = Schemas["MemorySettings"];
const LONGEST = 2_000;
const LIST = ["memories"];
const WISHES = ["memory-settings"];

/** What models are told of the person, and what happens by itself in their conversations. */
export function MemorySection() {
  const words = useWords().account.memory;
  return (
    <>
      <Section title={words.settings}>
        <Card>
          <WishesPart />
        </Card>
      </Section>
      <MemoriesPart />
    </>
  );
}

function WishesPart() {
  const words = useWords();
  const { data, error, refetch } = useQuery({ queryKey: WISHES, queryFn: () => call(api.GET("/api/v1/me/memory")) });
  if (error !== null) return <ErrorState error={error} onRetry={() => void refetch()} />;
  if (data === undefined) return <SkeletonList rows={2} />;

  async function change(changes: Partial<Wishes>): Promise<void> {
    const before = queryClient.getQueryData<Wishes>(WISHES);
    queryClient.setQueryData<Wishes>(WISHES, (now) => now && { ...now, ...changes });
    try {
      queryClient.setQueryData(WISHES, await call(api.PATCH("/api/v1/me/memory", { body: changes })));
    } catch (failure) {
      queryClient.setQueryData(WISHES, before);
      toast({ kind: "error", text: tell(failure, words), action: { label: words.common.retry, run: () => void change(changes) } });
    }
  }

  return (
    <div className="flex flex-col gap-5">
      <Switch label={words.account.memory.memories} hint={words.account.memory.memoriesHint} checked={data.memories} onChange={(memories) => void change({ memories })} />
      <Switch label={words.account.memory.titles} hint={words.account.memory.titlesHint} checked={data.titles} onChange={(titles) => void change({ titles })} />
    </div>
  );
}

function MemoriesPart() {
  const words = useWords();
  const said = words.account.memory;
  const [editing, setEditing] = useState<string | null>(null);
  const [ending, setEnding] = useState<Memory | "all" | null>(null);
  const { data, error, refetch, isPending } = useQuery({ queryKey: LIST, queryFn: () => call(api.GET("/api/v1/memories")) });
  const list = data?.data ?? [];
  return (
    <Section title={said.title} description={said.intro} actions={list.length > 1 && <Button onClick={() => setEnding("all")}>{said.forgetAll}</Button>}>
      {isPending && <SkeletonList rows={3} />}
      {error !== null && <ErrorState error={error} onRetry={() => void refetch()} />}
      {data !== undefined && (
        <Card className="flex flex-col gap-4">
          {list.length === 0 && (
            <EmptyState icon={<Brain aria-hidden />} title={said.emptyTitle}>
              {said.empty}
            </EmptyState>
          )}
          {list.length > 0 && (
            <ul className="divide-y divide-line">
              {list.map((memory) => (
                <li key={memory.id} className="py-3 first:pt-0">
                  {editing === memory.id ? (
                    <MemoryForm memory={memory} onDone={() => backTo(memory, setEditing)} />
                  ) : (
                    <MemoryRow memory={memory} onEdit={() => setEditing(memory.id)} onDelete={() => setEnding(memory)} />
                  )}
                </li>
              ))}
            </ul>
          )}
          <MemoryForm key={list.length} memory={null} onDone={() => undefined} />
        </Card>
      )}
      <Forget ending={ending} onClose={() => setEnding(null)} />
    </Section>
  );
}

const editId = (memory: Memory): string => `edit-${memory.id}`;

/** Ends the editing; the focus goes back to the button that began it. */
function backTo(memory: Memory, end: (editing: null) => void): void {
  end(null);
  setTimeout(() => document.getElementById(editId(memory))?.focus());
}

function MemoryRow({ memory, onEdit, onDelete }: { memory: Memory; onEdit: () => void; onDelete: () => void }) {
  const words = useWords();
  return (
    <div className="flex items-start gap-3">
      <div className="min-w-0 flex-1">
        <p className="whitespace-pre-wrap">{memory.text}</p>
        <p className="mt-0.5 text-sm text-muted">{ago(memory.updated_at)}</p>
      </div>
      <IconButton label={`${words.common.edit}: ${memory.text.slice(0, 60)}`} size="small" id={editId(memory)} onClick={onEdit}>
        <Pencil size={16} aria-hidden />
      </IconButton>
      <IconButton label={`${words.common.delete}: ${memory.text.slice(0, 60)}`} size="small" onClick={onDelete}>
        <Trash2 size={16} aria-hidden />
      </IconButton>
    </div>
  );
}

/** Something new to be remembered, or a memory said otherwise. */
function MemoryForm({ memory, onDone }: { memory: Memory | null; onDone: () => void }) {
  const words = useWords();
  const said = words.account.memory;
  const form = useForm({
    initial: { text: memory?.text ?? "" },
    check: ({ text }) => troubles({ text: text.trim() === "" ? said.missing : length(text) > LONGEST ? said.tooLong(LONGEST) : undefined }),
    send: async ({ text }) => {
      try {
        if (memory === null) await call(api.POST("/api/v1/memories", { body: { text: text.trim() } }));
        else await changed(memory, text.trim());
      } finally {
        await queryClient.invalidateQueries({ queryKey: LIST });
      }
      toast({ text: words.common.saved });
      onDone();
    },
  });
  return (
    <Form state={form} className="gap-3" ready={memory !== null}>
      <Field label={memory === null ? said.add : said.change} error={form.errors.text}>
        {(ids) => <TextArea {...ids} {...form.bind("text")} rows={2} placeholder={memory === null ? said.example : undefined} />}
      </Field>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" kind={memory === null ? "secondary" : "primary"} busy={form.busy}>
          {memory === null ? said.addButton : words.common.save}
        </Button>
        {memory !== null && <Button onClick={onDone}>{words.common.cancel}</Button>}
      </div>
    </Form>
  );
}

async function changed(memory: Memory, text: string): Promise<void> {
  const params = { path: { memory_id: memory.id }, header: { "If-Match": memory.etag } };
  await call(api.PATCH("/api/v1/memories/{memory_id}", { params, body: { text } }));
}

function Forget({ ending, onClose }: { ending: Memory | "all" | null; onClose: () => void }) {
  const words = useWords();
  const said = words.account.memory;

  async function forget(): Promise<void> {
    try {
      if (ending === "all") await call(api.DELETE("/api/v1/memories"));
      else if (ending !== null) await call(api.DELETE("/api/v1/memories/{memory_id}", { params: { path: { memory_id: ending.id } } }));
    } catch (error) {
      if (!isApiError(error) || error.status !== 404) throw error; // it is gone already, which is what was wished
    } finally {
      await queryClient.invalidateQueries({ queryKey: LIST });
    }
  }

  return (
    <Confirm
      open={ending !== null}
      onClose={onClose}
      title={ending === "all" ? said.confirmAll : said.confirm(ending === null ? "" : ending.text.slice(0, 80))}
      text={said.confirmText}
      action={said.forget}
      explain={(error) => tell(error, words)}
      onConfirm={forget}
    />
  );
}
