// Words of the library's pages and larger dialogs, beside all others: they come with these alone.
import { libraryPages as en } from "./en/library-pages";
import { joined } from "./joined";
import { libraryPages } from "./pt-BR/library-pages";

export * from "@/i18n";

export const { useWords, words } = joined((core, shown) => ({ library: { ...core.library, ...(shown === "pt-BR" ? libraryPages : en) } }));
export type Messages = ReturnType<typeof words>;
