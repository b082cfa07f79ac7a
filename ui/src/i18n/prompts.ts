// Words of the prompt library, beside all others: they come with its page alone.
import { prompts as en } from "./en/prompts";
import { joined } from "./joined";
import { prompts } from "./pt-BR/prompts";

export * from "@/i18n";

export const { useWords, words } = joined((_, shown) => ({ prompts: shown === "pt-BR" ? prompts : en }));
export type Messages = ReturnType<typeof words>;
