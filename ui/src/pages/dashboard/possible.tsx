import { Link } from "@tanstack/react-router";
import { Bot, Brain, FileInput, Library, MessageSquarePlus, Search } from "lucide-react";
import type { ReactNode } from "react";
import { useWords } from "@/i18n/pages";

/** What can be made here. */
export function Possible() {
  const words = useWords().dashboard.possible;
  return (
    <section aria-labelledby="possible">
      <h2 id="possible" className="mb-3 text-base font-semibold">
        {words.title}
      </h2>
      <ul className="grid gap-3 sm:grid-cols-2 lg:grid-cols-3">
        <Way to="/chat" icon={<MessageSquarePlus aria-hidden />} {...words.chat} />
        <Way to="/assistants" icon={<Bot aria-hidden />} {...words.assistants} />
        <Way to="/knowledge" icon={<Library aria-hidden />} {...words.knowledge} />
        <Way to="/search" icon={<Search aria-hidden />} {...words.search} />
        <Way to="/import" icon={<FileInput aria-hidden />} {...words.import} />
        <Way to="/profile/memory" icon={<Brain aria-hidden />} {...words.memory} />
      </ul>
    </section>
  );
}

function Way({ to, icon, title, text }: { to: "/chat" | "/assistants" | "/knowledge" | "/search" | "/import" | "/profile/memory"; icon: ReactNode; title: string; text: string }) {
  const inside = (
    <>
      <span className="text-accent [&_svg]:size-5">{icon}</span>
      <span className="font-medium">{title}</span>
      <span className="text-sm text-muted">{text}</span>
    </>
  );
  const look = "flex h-full flex-col gap-1.5 rounded-xl border border-line bg-surface p-4 hover:bg-hover";
  return (
    <li>
      {to === "/profile/memory" ? (
        <Link to="/profile/$section" params={{ section: "memory" }} className={look}>
          {inside}
        </Link>
      ) : (
        <Link to={to} className={look}>
          {inside}
        </Link>
      )}
    </li>
  );
}
