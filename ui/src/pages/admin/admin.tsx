import { useAdminWords } from "@/i18n/admin";
import { Page } from "@/ui";

export function AdminPage() {
  const words = useAdminWords();
  return <Page title={words.title}>{null}</Page>;
}
