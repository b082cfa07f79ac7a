import { api, type Conversation, call, explain, isApiError, type Schemas } from "@/api";
import { toast } from "@/app/toast";
import { words } from "@/i18n";
import { folded } from "@/library/listing";
import { hide, known, refetchLibrary, show } from "@/library/queries";

export type Edit = Schemas["ConversationEdit"];
export type Verb = Schemas["Verb"];

/** How a conversation looks once the change is made. */
export function edited(before: Conversation, edit: Edit): Conversation {
  const now = new Date().toISOString();
  return {
    ...before,
    ...(edit.title !== undefined && { title: edit.title, title_by: edit.title === null ? ("nobody" as const) : ("person" as const) }),
    ...(edit.folder_id !== undefined && { folder_id: edit.folder_id }),
    ...(edit.tags !== undefined && { tags: edit.tags }),
    ...(edit.pinned !== undefined && { pinned_at: edit.pinned ? (before.pinned_at ?? now) : null }),
    ...(edit.archived !== undefined && { archived_at: edit.archived ? (before.archived_at ?? now) : null }),
  };
}

interface Done {
  /** Said when it is done, with a way back. */
  text: string;
  undo: Edit;
}

/** Changes a conversation: shown at once, taken back where the server refuses. True when it is done. */
export async function edit(before: Conversation, change: Edit, done?: Done): Promise<boolean> {
  const said = words().library;
  show(edited(before, change));
  try {
    const after = await call(patch(before.id, before.etag, change));
    show(after);
    if (done !== undefined) toast({ text: done.text, action: { label: words().common.undo, run: () => void edit(after, done.undo) } });
    if (change.tags !== undefined) void refetchLibrary("tags");
    if (change.folder_id !== undefined) void refetchLibrary("folders");
    return true;
  } catch (error) {
    show(before);
    if (isApiError(error) && error.status === 412) await refetchOne(before.id);
    if (isApiError(error) && error.status === 404) gone(before.id);
    else toast({ kind: "error", text: `${said.notChanged(nameOf(before))} ${explain(error, words())}`, action: again(() => void edit(known(before.id) ?? before, change, done)) });
    return false;
  }
}

function patch(id: string, etag: string, body: Edit) {
  return api.PATCH("/api/v1/conversations/{conversation_id}", { params: { path: { conversation_id: id }, header: { "If-Match": etag } }, body });
}

function again(run: () => void): { label: string; run: () => void } {
  return { label: words().common.retry, run };
}

async function refetchOne(id: string): Promise<void> {
  try {
    show(await call(api.GET("/api/v1/conversations/{conversation_id}", { params: { path: { conversation_id: id } } })));
  } catch {
    await refetchLibrary("conversations");
  }
}

function gone(id: string): void {
  hide(id);
  toast({ kind: "error", text: words().errors.codes.not_found });
}

/** What a conversation is called, also where nobody has named it. */
export function nameOf(conversation: { title: string | null }): string {
  return conversation.title ?? words().library.untitled;
}

/** Into the trash, with a way back. */
export async function trash(conversation: Conversation): Promise<boolean> {
  const said = words().library;
  hide(conversation.id);
  try {
    const path = { conversation_id: conversation.id };
    await call(api.DELETE("/api/v1/conversations/{conversation_id}", { params: { path, header: { "If-Match": "*" } } }));
  } catch (error) {
    if (!isApiError(error) || error.status !== 404) {
      show(conversation);
      toast({ kind: "error", text: `${said.notTrashed(nameOf(conversation))} ${explain(error, words())}`, action: again(() => void trash(conversation)) });
      return false;
    }
  }
  void refetchLibrary("trash", "tags", "shares");
  toast({ text: said.trashed(nameOf(conversation)), action: { label: words().common.undo, run: () => void restore(conversation) } });
  return true;
}

/** Out of the trash, as it was. */
export async function restore(conversation: Pick<Conversation, "id" | "title">): Promise<boolean> {
  try {
    show(await call(api.POST("/api/v1/trash/{trashed_id}/restoration", { params: { path: { trashed_id: conversation.id } } })));
  } catch (error) {
    toast({ kind: "error", text: `${words().library.notRestored(nameOf(conversation))} ${explain(error, words())}`, action: again(() => void restore(conversation)) });
    return false;
  }
  toast({ text: words().library.restored(nameOf(conversation)) });
  void refetchLibrary("trash", "tags", "shares");
  return true;
}

/** Pins, or unpins. */
export function pin(conversation: Conversation): Promise<boolean> {
  return edit(conversation, { pinned: conversation.pinned_at === null });
}

export function archive(conversation: Conversation): Promise<boolean> {
  const into = conversation.archived_at === null;
  const said = words().library;
  const text = into ? said.archivedDone(nameOf(conversation)) : said.unarchivedDone(nameOf(conversation));
  return edit(conversation, { archived: into }, { text, undo: { archived: !into } });
}

export function rename(conversation: Conversation, title: string): Promise<boolean> {
  const clean = title.replace(/\s+/g, " ").trim();
  if (clean === "" || clean === conversation.title) return Promise.resolve(true);
  return edit(conversation, { title: clean.slice(0, 200) });
}

/** One thing for many, a hundred at a time. Throws ApiError; how many it was done for. */
export async function batch(ids: readonly string[], verb: Verb, extra: { folder_id?: string | null; tag?: string } = {}): Promise<number> {
  let count = 0;
  for (let at = 0; at < ids.length; at += 100) {
    const body = { ids: ids.slice(at, at + 100), action: verb, ...extra };
    const answer = await call(api.POST("/api/v1/conversations/batch", { body }));
    count += body.ids.length - answer.not_found.length;
    for (const each of answer.data) if (verb === "trash") hide(each.id);
      else show(each);
  }
  void refetchLibrary("conversations", "tags", "trash");
  return count;
}

/** A list of tags with one more, unless it is there in any writing. */
export function withTag(tags: readonly string[], tag: string): readonly string[] {
  const clean = tag.replace(/\s+/g, " ").trim();
  return clean === "" || tags.some((each) => folded(each) === folded(clean)) ? tags : [...tags, clean];
}
