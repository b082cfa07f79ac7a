import type { ReactNode, RefObject } from "react";
import { useMe } from "@/app/session";
import type { Assistant } from "@/chat/assistants";
import type { ComposerHandle } from "@/chat/composer";
import type { Settings } from "@/chat/settings";
import { AssistantGreeting } from "@/chat/windows";
import { useWords } from "@/i18n";

export interface ChosenAssistant {
  /** As the page's address says. */
  id: string | null;
  /** Once it was read; undefined where it isn't there. */
  assistant: Assistant | undefined;
  choose: (id: string | null) => void;
}

/** What a new chat is asked with. */
export interface Asking {
  model: string | null;
  settings: Settings;
  chosen: ChosenAssistant;
}

interface WelcomeProps {
  composer: RefObject<ComposerHandle | null>;
  children: ReactNode;
  chosen: ChosenAssistant;
  starters?: boolean;
}

/** A greeting, with the composer in the middle. */
export function Welcome({ composer, children, chosen, starters = true }: WelcomeProps) {
  const said = useWords().chat;
  const me = useMe();
  const first = (me.name ?? "").trim().split(/\s+/)[0] ?? "";
  return (
    <div className="flex min-h-0 flex-1 flex-col overflow-y-auto">
      <div className="m-auto flex w-full max-w-3xl flex-col px-3 pb-[14dvh] sm:px-6">
        {chosen.id === null ? (
          <h1 className="px-2 pt-6 pb-6 text-center text-[1.625rem] leading-tight font-medium tracking-tight">{said.greeting(first)}</h1>
        ) : (
          <AssistantGreeting key={chosen.id} id={chosen.id} onBegin={(text) => composer.current?.begin(text)} onWithout={() => chosen.choose(null)} />
        )}
        {children}
        {starters && chosen.id === null && (
          <ul aria-label={said.starters.label} className="flex flex-wrap justify-center gap-2 pt-4">
            {said.starters.items.map(({ title, text }) => (
              <li key={title}>
                <button type="button" onClick={() => composer.current?.begin(text)} className="min-h-9 rounded-full border border-line px-3.5 text-sm text-muted transition-colors hover:bg-hover hover:text-ink">
                  {title}
                </button>
              </li>
            ))}
          </ul>
        )}
      </div>
    </div>
  );
}
