import { useWords } from "@/i18n";
import { Page } from "@/ui";

export function DashboardPage() {
  const words = useWords();
  return <Page title={words.dashboard.title}>{null}</Page>;
}
