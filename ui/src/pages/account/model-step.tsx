import { useQuery } from "@tanstack/react-query";
import { useRouter } from "@tanstack/react-router";
import { Check } from "lucide-react";
import { useState } from "react";
import { api, call } from "@/api";
import { useWords } from "@/i18n/pages";
import { Frame } from "@/pages/account/frame";
import { optionsQuery } from "@/pages/account/options";
import { ProviderForm } from "@/pages/account/provider-form";
import { Button, ErrorState, SkeletonList } from "@/ui";

/** Whom models are asked of: a provider with its key, or the mock, to look around first. */
export function ModelStep() {
  const words = useWords().account.model;
  const router = useRouter();
  const { data: options } = useQuery(optionsQuery);
  const providers = useQuery({ queryKey: ["providers"], queryFn: () => call(api.GET("/api/v1/providers")) });
  const kinds = useQuery({ queryKey: ["provider-kinds"], queryFn: () => call(api.GET("/api/v1/provider-kinds")), staleTime: Number.POSITIVE_INFINITY });
  const [adding, setAdding] = useState(false);
  const ready = providers.data?.data.filter((each) => each.state === "ready" && each.kind !== "mock") ?? [];
  const mock = options?.mock ?? true;
  const chat = () => void router.navigate({ to: "/chat" });
  const error = providers.error ?? kinds.error;
  const retry = () => void Promise.all([providers.refetch(), kinds.refetch()]);
  return (
    <Frame title={words.title} intro={ready.length > 0 ? words.readyIntro : words.intro} over={useWords().account.setUp.step(2)} wide>
      {error !== null && <ErrorState error={error} onRetry={retry} />}
      {error === null && (providers.data === undefined || kinds.data === undefined) && <SkeletonList rows={4} />}
      {kinds.data !== undefined && providers.data !== undefined && (
        <>
          {ready.length > 0 && !adding ? (
            <Ready names={ready.map((each) => each.title)} onGo={chat} onAdd={() => setAdding(true)} />
          ) : (
            <ProviderForm kinds={kinds.data.data.filter((each) => each.name !== "mock")} taken={providers.data.data.map((each) => each.name)} onDone={chat} />
          )}
        </>
      )}
      {ready.length === 0 && <Mock mock={mock} onGo={chat} />}
    </Frame>
  );
}

function Ready({ names, onGo, onAdd }: { names: string[]; onGo: () => void; onAdd: () => void }) {
  const words = useWords().account.model;
  return (
    <div className="flex flex-col gap-5">
      <ul className="flex flex-col gap-2">
        {names.map((name) => (
          <li key={name} className="flex items-center gap-2.5 rounded-lg bg-good-soft px-3.5 py-2.5 text-sm text-good">
            <Check size={17} aria-hidden />
            {name}
          </li>
        ))}
      </ul>
      <div className="flex flex-wrap gap-2">
        <Button kind="primary" className="min-h-10 flex-1" onClick={onGo}>
          {words.startChat}
        </Button>
        <Button className="min-h-10" onClick={onAdd}>
          {words.addAnother}
        </Button>
      </div>
    </div>
  );
}

function Mock({ mock, onGo }: { mock: boolean; onGo: () => void }) {
  const words = useWords().account.model;
  return (
    <>
      <div aria-hidden className="my-6 flex items-center gap-3 text-sm text-muted">
        <span className="h-px flex-1 bg-line" />
        {words.or}
        <span className="h-px flex-1 bg-line" />
      </div>
      <Button className="min-h-10 w-full" onClick={onGo}>
        {mock ? words.tryMock : words.later}
      </Button>
      <p className="mt-2 text-center text-sm text-muted">{mock ? words.mockHint : words.laterHint}</p>
    </>
  );
}
