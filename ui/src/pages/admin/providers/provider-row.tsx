import { useQueryClient } from "@tanstack/react-query";
import { ArrowDown, ArrowUp, Pencil, Trash2, TriangleAlert } from "lucide-react";
import { useState } from "react";
import { useAdminWords } from "@/i18n/admin";
import { useAct } from "@/pages/admin/optimistic";
import { changeProvider, isOwn, type Provider, PROVIDERS, type ProvidersFound, testProvider } from "@/pages/admin/providers/data";
import { TrialResult, type TrialState, tryIt } from "@/pages/admin/providers/trial";
import { Toggle } from "@/pages/admin/toggle";
import { Badge, Button, type MenuItem } from "@/ui";
import { RowMenu } from "@/ui/table-row";

interface ProviderRowProps {
  provider: Provider;
  /** Those that can be changed here, in their order. */
  own: readonly Provider[];
  onEdit: () => void;
  onRemove: () => void;
}

export function ProviderRow({ provider, own, onEdit, onRemove }: ProviderRowProps) {
  const words = useAdminWords().providers;
  const { enable, move } = useChanges(provider);
  const [trial, setTrial] = useState<TrialState>();
  const place = own.findIndex((each) => each.name === provider.name);

  const items: MenuItem[] = [
    { label: words.edit, icon: <Pencil />, onSelect: onEdit },
    { label: words.moveUp, icon: <ArrowUp />, disabled: place < 1, onSelect: () => move(place - 1) },
    { label: words.moveDown, icon: <ArrowDown />, disabled: place === own.length - 1, onSelect: () => move(place + 1) },
    "separator",
    { label: words.remove, icon: <Trash2 />, danger: true, onSelect: onRemove },
  ];
  return (
    <li className="flex flex-col gap-3 p-4 sm:px-5">
      <div className="flex flex-wrap items-start gap-x-4 gap-y-3">
        <About provider={provider} />
        <div className="flex items-center gap-2">
          {provider.state !== "shadowed" && provider.kind !== "mock" && (
            <Button aria-label={words.testOf(provider.name)} disabled={trial?.state === "running"} onClick={() => void tryIt(() => testProvider(provider.name), setTrial)}>
              {words.test}
            </Button>
          )}
          {isOwn(provider) && (
            <>
              <Toggle label={words.enable(provider.name)} checked={provider.enabled} onChange={enable} />
              <RowMenu items={items} name={provider.name} />
            </>
          )}
        </div>
      </div>
      <TrialResult shown={trial} />
    </li>
  );
}

function useChanges(provider: Provider) {
  const client = useQueryClient();
  const act = useAct();
  const words = useAdminWords().providers;
  const send = (show: (page: ProvidersFound) => ProvidersFound, body: { enabled: boolean } | { position: number }) =>
    void act({
      touches: ["admin"],
      show: () => {
        const before = client.getQueryData<ProvidersFound>(PROVIDERS);
        client.setQueryData<ProvidersFound>(PROVIDERS, (page) => page && show(page));
        return () => client.setQueryData(PROVIDERS, before);
      },
      send: () => changeProvider(provider.name, body),
      failed: (why) => words.notChanged(provider.name, why),
    });

  function enable(enabled: boolean): void {
    send(
      (page) => ({ ...page, data: page.data.map((each) => (each.name === provider.name ? { ...each, enabled, state: enabled ? "ready" : "disabled" } : each)) }),
      { enabled },
    );
  }

  function move(position: number): void {
    send(
      (page) => {
        const own = page.data.filter((each) => isOwn(each) && each.name !== provider.name);
        const ordered = own.toSpliced(position, 0, provider);
        return { ...page, data: page.data.map((each) => (isOwn(each) ? (ordered.shift() ?? each) : each)) };
      },
      { position },
    );
  }

  return { enable, move };
}

const TONES = { ready: "good", disabled: "neutral", shadowed: "neutral", key_unreadable: "danger", address_refused: "danger", unfit: "danger" } as const;

function About({ provider }: { provider: Provider }) {
  const words = useAdminWords().providers;
  const facts = [
    provider.base_url,
    words.models(provider.known_models),
    provider.key_set ? words.keySet(provider.key_hint) : words.noKey,
    provider.default_model === null ? null : words.defaultModel(provider.default_model),
  ].filter((fact) => fact !== null && fact !== "");
  const trouble = words.stateTexts[provider.state];
  return (
    <div className="min-w-0 flex-1 basis-64">
      <div className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <h3 className="font-semibold">{provider.name}</h3>
        {provider.title.toLowerCase() !== provider.name && <span className="text-sm text-muted">{words.titles[provider.kind] ?? provider.title}</span>}
        <Badge tone={TONES[provider.state]}>{words.states[provider.state]}</Badge>
      </div>
      <p className="mt-1 text-sm text-muted">{facts.join(" · ")}</p>
      {!isOwn(provider) && <p className="mt-1 text-sm text-muted">{setBy(provider, words)}</p>}
      {trouble !== "" && <Warning text={trouble} />}
      {provider.open_circuits.length > 0 && <Warning text={words.circuit(provider.open_circuits.join(", "))} />}
    </div>
  );
}

function setBy(provider: Provider, words: ReturnType<typeof useAdminWords>["providers"]): string {
  if (provider.setting !== null) return words.setBy(provider.setting);
  return provider.origin === "discovered" ? words.discovered : words.builtIn;
}

function Warning({ text }: { text: string }) {
  return (
    <p className="mt-1.5 flex items-start gap-1.5 text-sm text-warning">
      <TriangleAlert size={16} aria-hidden className="mt-0.5 shrink-0" />
      {text}
    </p>
  );
}
