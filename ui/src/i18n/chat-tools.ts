// Words of what a chat does beside talking (tools, sources, assistants, mentions): they come with these alone.
import { chatTools as en } from "./en/chat-tools";
import { joined } from "./joined";
import { chatTools } from "./pt-BR/chat-tools";

export * from "@/i18n";

export const { useWords, words } = joined((_, shown) => ({ tools: shown === "pt-BR" ? chatTools : en }));
export type Messages = ReturnType<typeof words>;
