// Words of the assistants' pages, beside all others: they come with these pages alone.
import { assistants as en } from "./en/assistants";
import { joined } from "./joined";
import { assistants } from "./pt-BR/assistants";

export * from "@/i18n";

export const { useWords, words } = joined((_, shown) => ({ assistants: shown === "pt-BR" ? assistants : en }));
export type Messages = ReturnType<typeof words>;
