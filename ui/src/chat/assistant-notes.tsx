import { useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { UserX } from "lucide-react";
import { isApiError } from "@/api";
import { AssistantPicture } from "@/assistants/picture";
import { assistantQuery } from "@/chat/assistants";
import { useWords } from "@/i18n/chat-tools";
import { plain } from "@/md";
import { Button, buttonClass, ErrorState, Skeleton } from "@/ui";

/** The conversation's assistant isn't there any more: what can be done about it. */
export function AssistantGone({ name, onWithout }: { name: string | null; onWithout: () => void }) {
  const words = useWords().tools.assistant;
  return (
    <div role="status" className="mb-2 flex flex-wrap items-center gap-x-4 gap-y-2 rounded-2xl border border-line bg-warning-soft px-4 py-3 text-sm">
      <UserX size={18} aria-hidden className="shrink-0 text-warning" />
      <div className="min-w-56 flex-1">
        <p className="font-medium text-warning">{name === null ? words.missing : `${words.missing}: ${plain(name)}`}</p>
        <p>{words.missingText}</p>
      </div>
      <Button onClick={onWithout}>{words.without}</Button>
    </div>
  );
}

interface GreetingProps {
  id: string;
  onBegin: (text: string) => void;
  onWithout: () => void;
}

/** A new chat with an assistant: who it is, and what could be asked. */
export function AssistantGreeting({ id, onBegin, onWithout }: GreetingProps) {
  const words = useWords();
  const said = words.tools.assistant;
  const { data: assistant, error, refetch } = useQuery({ ...assistantQuery(id), retry: false });
  if (error !== null && isApiError(error) && error.status === 404) return <NotThere onWithout={onWithout} />;
  if (error !== null) return <ErrorState error={error} title={said.unloaded} onRetry={() => void refetch()} />;
  if (assistant === undefined) {
    return (
      <div role="status" aria-label={words.common.loading} className="flex flex-col items-center gap-3 py-6">
        <Skeleton className="size-16 rounded-2xl" />
        <Skeleton className="h-7 w-56" />
        <Skeleton className="h-4 w-80 max-w-full" />
      </div>
    );
  }
  const name = plain(assistant.name ?? "") || said.untitled;
  return (
    <div className="flex flex-col items-center gap-2 px-2 pt-6 pb-6 text-center">
      <AssistantPicture name={name} src={assistant.picture} size={64} />
      <h1 className="pt-1 text-[1.625rem] leading-tight font-medium tracking-tight">{name}</h1>
      {assistant.description && <p className="max-w-xl text-muted">{plain(assistant.description)}</p>}
      {assistant.owner !== null && <p className="text-sm text-muted">{said.by(plain(assistant.owner))}</p>}
      {assistant.starters.length > 0 && (
        <ul aria-label={said.starters} className="flex flex-wrap justify-center gap-2 pt-3">
          {assistant.starters.map((starter) => (
            <li key={starter} className="max-w-full">
              <button type="button" onClick={() => onBegin(starter)} className="min-h-9 max-w-full rounded-2xl border border-line px-3.5 py-1.5 text-left text-sm text-muted transition-colors hover:bg-hover hover:text-ink">
                {plain(starter)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function NotThere({ onWithout }: { onWithout: () => void }) {
  const words = useWords().tools.assistant;
  return (
    <div role="alert" className="flex flex-col items-center gap-2 px-2 pt-6 pb-6 text-center">
      <UserX size={32} aria-hidden className="text-muted" />
      <h1 className="text-lg font-medium">{words.missing}</h1>
      <p className="max-w-xl text-sm text-muted">{words.missingNew}</p>
      <div className="flex flex-wrap justify-center gap-2 pt-2">
        <Link to="/assistants" className={buttonClass()}>
          {words.other}
        </Link>
        <Button kind="primary" onClick={onWithout}>
          {words.without}
        </Button>
      </div>
    </div>
  );
}
