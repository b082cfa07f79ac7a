import { useParams } from "@tanstack/react-router";
import { NotFound } from "@/app/not-found";
import { useWords } from "@/i18n";
import { AccountSection } from "@/pages/account/account-section";
import { DataSection } from "@/pages/account/data-section";
import { KeysSection } from "@/pages/account/keys-section";
import { MemorySection } from "@/pages/account/memory-section";
import { PasswordSection } from "@/pages/account/password-section";
import { SessionsSection } from "@/pages/account/sessions-section";
import { UsageSection } from "@/pages/account/usage-section";
import { Page, SectionNav } from "@/ui";

const SECTIONS = {
  account: AccountSection,
  password: PasswordSection,
  sessions: SessionsSection,
  keys: KeysSection,
  usage: UsageSection,
  memory: MemorySection,
  data: DataSection,
} as const;

type Name = keyof typeof SECTIONS;

/** What belongs to a person: their account and all that is kept of them. */
export function ProfilePage() {
  const words = useWords();
  const { section } = useParams({ from: "/inside/profile/$section" });
  if (!(section in SECTIONS)) return <NotFound />;
  const Shown = SECTIONS[section as Name];
  const names = words.account.sections;
  const ways = (Object.keys(SECTIONS) as Name[]).map((name) => ({ section: name, label: names[name] }));
  return (
    <Page title={words.shell.profile}>
      <SectionNav label={words.shell.profile} to="/profile/$section" ways={ways} />
      <Shown />
    </Page>
  );
}
