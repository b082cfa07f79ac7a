import type { Store } from "@/knowledge/stores";
import { plain } from "@/md";

/** What a base is called; others may have named it. */
export const nameOf = (store: Pick<Store, "name">, unnamed: string): string => plain(store.name).trim() || unnamed;

const folded = (text: string): string =>
  text
    .normalize("NFD")
    .replaceAll(/\p{M}/gu, "")
    .toLowerCase();

/** Those in whose name or description all words stand, whatever their accents. */
export function matching(stores: readonly Store[], term: string, unnamed: string): Store[] {
  const wanted = folded(term).split(/\s+/).filter(Boolean);
  return stores.filter((store) => {
    const text = folded(`${nameOf(store, unnamed)} ${store.prosa.description ?? ""}`);
    return wanted.every((word) => text.includes(word));
  });
}
