// The conversations that were opened in this tab, so that going back to one is instant, and a draft survives going away.
import { onChange } from "@/app/changes";
import { ConversationStore } from "@/chat/store";

const KEPT = 12;
const stores = new Map<string, ConversationStore>();
let owner = "";

/** The store of one of the person's conversations: always the same one, until somebody else signs in. */
export function storeOf(id: string, person: string): ConversationStore {
  if (person !== owner) forgetStores();
  owner = person;
  const found = stores.get(id) ?? new ConversationStore(id, person);
  stores.delete(id);
  stores.set(id, found);
  for (const [old, store] of stores) {
    if (stores.size <= KEPT) break;
    if (store.idle) stores.delete(old);
  }
  return found;
}

onChange(({ type, id, data }) => {
  if (type === "changes.reload") for (const store of stores.values()) store.moved();
  const conversation = data?.conversation_id ?? id;
  if (conversation !== undefined) stores.get(conversation)?.moved();
});

// Whoever comes back to a tab sees what is there now, even where nothing could be told meanwhile.
document.addEventListener("visibilitychange", () => {
  if (document.visibilityState === "visible") for (const store of stores.values()) store.moved();
});

function forgetStores(): void {
  for (const store of stores.values()) store.close();
  stores.clear();
}
