import { useWords } from "@/i18n";
import { Page } from "@/ui";

export function ProfilePage() {
  const words = useWords();
  return <Page title={words.account.title}>{null}</Page>;
}
