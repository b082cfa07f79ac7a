import { useState } from "react";
import { isAdmin, useMe } from "@/app/session";
import { useWords } from "@/i18n/pages";
import { AskBox } from "@/pages/dashboard/ask-box";
import { Attention } from "@/pages/dashboard/attention";
import { Developers } from "@/pages/dashboard/developers";
import { KeysCard } from "@/pages/dashboard/keys-card";
import { Possible } from "@/pages/dashboard/possible";
import { Recent } from "@/pages/dashboard/recent";
import { UsageCard } from "@/pages/dashboard/usage-card";
import { partOfDay } from "@/pages/dashboard/greeting";
import { useTitle } from "@/ui";

/** Where everybody begins: a question, what was said lately, what one used, and what can be made. */
export function DashboardPage() {
  const words = useWords().dashboard;
  const me = useMe();
  const [part] = useState(() => partOfDay(new Date()));
  const first = me.name.trim().split(/\s+/)[0] ?? "";
  useTitle(words.title);
  return (
    <div className="mx-auto flex w-full max-w-5xl flex-col gap-10 px-4 pt-6 pb-16 sm:px-8 sm:pt-14">
      <header className="flex flex-col gap-5">
        <h1 className="text-2xl font-semibold tracking-tight sm:text-3xl">{words.greetings[part](first)}</h1>
        <AskBox />
      </header>
      {isAdmin(me) && <Attention />}
      <Recent />
      <div className="grid gap-5 lg:grid-cols-5">
        <UsageCard />
        <KeysCard />
      </div>
      <Possible />
      <Developers />
    </div>
  );
}
