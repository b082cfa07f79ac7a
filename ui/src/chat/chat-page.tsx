import { useWords } from "@/i18n";
import { Page } from "@/ui";

export function ChatPage() {
  const words = useWords();
  return <Page title={words.chat.title}>{null}</Page>;
}

export function NewChatPage() {
  const words = useWords();
  return <Page title={words.chat.title}>{null}</Page>;
}
