// Words of the prompt library, beside all others: they come with its page alone.
import { prompts as en } from "./en/prompts";
import { joined } from "./joined";
import { prompts } from "./pt-BR/prompts";
import { chatTools as enTools } from "./en/chat-tools";
import { chatTools } from "./pt-BR/chat-tools";

export * from "@/i18n";

export const { useWords, words } = joined((_, shown) => (shown === "pt-BR" ? { prompts, tools: chatTools } : { prompts: en, tools: enTools }));
export type Messages = ReturnType<typeof words>;
