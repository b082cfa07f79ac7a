// The conversations that were opened in this tab, so that going back to one is instant, and a draft survives going away.
import { ConversationStore } from "@/chat/store";

const KEPT = 12;
const stores = new Map<string, ConversationStore>();

/** The store of a conversation: always the same one. */
export function storeOf(id: string): ConversationStore {
  const found = stores.get(id) ?? new ConversationStore(id);
  stores.delete(id);
  stores.set(id, found);
  for (const [old, store] of stores) {
    if (stores.size <= KEPT) break;
    if (store.idle) stores.delete(old);
  }
  return found;
}

/** What was told to have changed, to those who have it open; without an id, everything. */
export function moved(id?: string): void {
  if (id !== undefined) stores.get(id)?.moved();
  else for (const store of stores.values()) store.moved();
}

/** Nobody is signed in any more, or somebody else. */
export function forgetStores(): void {
  for (const store of stores.values()) store.close();
  stores.clear();
}
