import { Link, useParams } from "@tanstack/react-router";
import type { ComponentType } from "react";
import { isAdmin, useMe } from "@/app/session";
import { useWords } from "@/i18n";
import { useAdminWords } from "@/i18n/admin";
import { HealthPage } from "@/pages/admin/health/health";
import { KeysPage } from "@/pages/admin/keys/keys";
import { ModelsPage } from "@/pages/admin/models/models";
import { OverviewPage } from "@/pages/admin/overview/overview";
import { PeoplePage } from "@/pages/admin/people/people";
import { ProvidersPage } from "@/pages/admin/providers/providers";
import { LimitsPage, SettingsPage } from "@/pages/admin/settings/settings";
import { UsagePage } from "@/pages/admin/usage/usage";
import { buttonClass, EmptyState, SectionNav, useTitle } from "@/ui";

const PAGES = {
  overview: OverviewPage,
  people: PeoplePage,
  keys: KeysPage,
  providers: ProvidersPage,
  models: ModelsPage,
  limits: LimitsPage,
  usage: UsagePage,
  health: HealthPage,
  settings: SettingsPage,
} satisfies Record<string, ComponentType>;

type Name = keyof typeof PAGES;
const NAMES = Object.keys(PAGES) as Name[];

const isName = (text: string): text is Name => text in PAGES;

/** The administration. For everybody else there is no such page; the server refuses them besides. */
export function AdminPage() {
  const { section } = useParams({ from: "/inside/admin/$section" });
  const me = useMe();
  return isAdmin(me) && isName(section) ? <Frame name={section} /> : <Missing />;
}

function Frame({ name }: { name: Name }) {
  const words = useAdminWords();
  const Shown = PAGES[name];
  useTitle(`${words.sections[name]} · ${words.title}`);
  return (
    <div className="mx-auto w-full max-w-6xl px-4 pt-6 pb-16 sm:px-8 sm:pt-10">
      <h1 className="mb-5 text-2xl font-semibold tracking-tight">{words.title}</h1>
      <SectionNav label={words.title} to="/admin/$section" ways={NAMES.map((section) => ({ section, label: words.sections[section] }))} />
      <Shown key={name} />
    </div>
  );
}

function Missing() {
  const words = useWords().common.notFound;
  useTitle(words.title);
  const home = (
    <Link to="/" className={buttonClass("primary")}>
      {words.home}
    </Link>
  );
  return (
    <div className="grid flex-1 place-items-center">
      <EmptyState title={words.title} action={home}>
        {words.text}
      </EmptyState>
    </div>
  );
}
