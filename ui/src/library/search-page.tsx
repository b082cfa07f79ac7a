import { useWords } from "@/i18n";
import { Page } from "@/ui";

export function SearchPage() {
  const words = useWords();
  return <Page title={words.library.search.title}>{null}</Page>;
}
