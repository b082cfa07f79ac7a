// Words of the knowledge pages, of the passage that a citation opens and of the choice of knowledge: they come with these alone.
import { knowledge as en } from "./en/knowledge";
import { joined } from "./joined";
import { knowledge } from "./pt-BR/knowledge";

export * from "@/i18n";

export const { useWords, words } = joined((_, shown) => ({ knowledge: shown === "pt-BR" ? knowledge : en }));
export type Messages = ReturnType<typeof words>;
