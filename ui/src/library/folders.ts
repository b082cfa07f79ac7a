import { api, call, explain, isApiError } from "@/api";
import { queryClient } from "@/app/query";
import { toast } from "@/app/toast";
import { words } from "@/i18n";
import { byName, type Folder, refetchLibrary } from "@/library/queries";

function change(how: (folders: readonly Folder[]) => readonly Folder[]): void {
  queryClient.setQueryData<readonly Folder[]>(["folders"], (before) => before && how(before).toSorted(byName));
}

/** Makes a folder. Throws ApiError: the name is taken, there are too many. */
export async function createFolder(name: string): Promise<Folder> {
  const made = await call(api.POST("/api/v1/folders", { body: { name: oneLine(name) } }));
  change((folders) => [...folders.filter((each) => each.id !== made.id), made]);
  return made;
}

/** Renames it: shown at once, taken back where the server refuses. */
export async function renameFolder(folder: Folder, name: string): Promise<void> {
  const wanted = oneLine(name);
  if (wanted === "" || wanted === folder.name) return;
  change((folders) => folders.map((each) => (each.id === folder.id ? { ...each, name: wanted } : each)));
  try {
    const params = { path: { folder_id: folder.id }, header: { "If-Match": folder.etag } };
    const after = await call(api.PATCH("/api/v1/folders/{folder_id}", { params, body: { name: wanted } }));
    change((folders) => folders.map((each) => (each.id === folder.id ? after : each)));
  } catch (error) {
    change((folders) => folders.map((each) => (each.id === folder.id ? folder : each)));
    toast({ kind: "error", text: `${words().library.notChanged(folder.name)} ${explain(error, words())}` });
    void refetchLibrary("folders");
  }
}

/** Deletes it; what is in it is in no folder from then on. Throws ApiError. */
export async function removeFolder(folder: Folder): Promise<void> {
  try {
    await call(api.DELETE("/api/v1/folders/{folder_id}", { params: { path: { folder_id: folder.id } } }));
  } catch (error) {
    if (!isApiError(error) || error.status !== 404) throw error;
  }
  change((folders) => folders.filter((each) => each.id !== folder.id));
  toast({ text: words().library.folders.removed(folder.name) });
  await refetchLibrary("conversations", "folders");
}

function oneLine(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}
