import { Link, useParams } from "@tanstack/react-router";
import { useWords } from "@/i18n/pages";
import { AccountSection } from "@/pages/account/account-section";
import { DataSection } from "@/pages/account/data-section";
import { KeysSection } from "@/pages/account/keys-section";
import { MemorySection } from "@/pages/account/memory-section";
import { PasswordSection } from "@/pages/account/password-section";
import { SessionsSection } from "@/pages/account/sessions-section";
import { UsageSection } from "@/pages/account/usage-section";
import { buttonClass, EmptyState, Page, SectionNav, useTitle } from "@/ui";

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
  const { section } = useParams({ from: "/inside/profile/$section" });
  return section in SECTIONS ? <Shown section={section as Name} /> : <Missing />;
}

function Shown({ section }: { section: Name }) {
  const words = useWords();
  const Part = SECTIONS[section];
  const names = words.account.sections;
  useTitle(`${names[section]} · ${words.shell.profile}`);
  const ways = (Object.keys(SECTIONS) as Name[]).map((name) => ({ section: name, label: names[name] }));
  return (
    <Page title={words.shell.profile}>
      <SectionNav label={words.shell.profile} to="/profile/$section" ways={ways} />
      <Part />
    </Page>
  );
}

function Missing() {
  const words = useWords().common.notFound;
  useTitle(words.title);
  const home = (
    <Link to="/profile/$section" params={{ section: "account" }} className={buttonClass("primary")}>
      {useWords().shell.profile}
    </Link>
  );
  return <EmptyState title={words.title} action={home} />;
}
