import { ArrowUp, Plus, X } from "lucide-react";
import type { ReactNode } from "react";
import { useAdminWords } from "@/i18n/admin";
import { type Line, type ModelDraft, newLine } from "@/pages/admin/models/draft";
import { Button, IconButton, TextInput } from "@/ui";

interface ListProps {
  /** The id of the names to choose from. */
  list: string;
  draft: ModelDraft;
  put: (changes: Partial<ModelDraft>) => void;
  wrong: (param: string) => string | null;
}

/** Where an alias leads, with weights. */
export function Targets({ list, draft, put, wrong }: ListProps) {
  const words = useAdminWords().models.form;
  const lines = draft.targets;
  const change = (key: number, changes: Partial<Line>) => put({ targets: lines.map((line) => (line.key === key ? { ...line, ...changes } : line)) });
  return (
    <fieldset className="flex flex-col gap-2.5">
      <legend className="mb-1 text-sm font-medium">{words.targets}</legend>
      {lines.map((line, index) => (
        <One key={line.key} error={wrong(`targets.${index}`) ?? wrong(`targets.${index}.weight`)}>
          <TextInput
            aria-label={words.target(index + 1)}
            list={list}
            autoComplete="off"
            spellCheck={false}
            className="min-w-0 flex-1"
            value={line.model}
            aria-invalid={wrong(`targets.${index}`) !== null || undefined}
            onChange={(event) => change(line.key, { model: event.target.value })}
          />
          {lines.length > 1 && (
            <>
              <TextInput
                aria-label={words.weight(index + 1)}
                inputMode="decimal"
                className="max-w-20 text-right tabular-nums"
                value={line.weight}
                onChange={(event) => change(line.key, { weight: event.target.value })}
              />
              <IconButton label={words.removeOne(line.model || words.target(index + 1))} onClick={() => put({ targets: lines.filter((each) => each.key !== line.key) })}>
                <X size={18} aria-hidden />
              </IconButton>
            </>
          )}
        </One>
      ))}
      <Whole error={wrong("targets")} />
      <p className="text-sm text-muted">{words.targetsHint}</p>
      <Button className="self-start" kind="quiet" icon={<Plus size={16} aria-hidden />} onClick={() => put({ targets: [...lines, newLine()] })}>
        {words.addTarget}
      </Button>
    </fieldset>
  );
}

/** What is tried when it fails, in order. */
export function Fallbacks({ list, draft, put, wrong }: ListProps) {
  const words = useAdminWords().models.form;
  const lines = draft.fallbacks;
  function up(index: number): void {
    const line = lines[index];
    if (line !== undefined) put({ fallbacks: lines.toSpliced(index, 1).toSpliced(index - 1, 0, line) });
  }
  return (
    <fieldset className="flex flex-col gap-2.5">
      <legend className="mb-1 text-sm font-medium">{words.fallbacks}</legend>
      {lines.map((line, index) => (
        <One key={line.key} error={wrong(`fallbacks.${index}`)}>
          <TextInput
            aria-label={words.fallback(index + 1)}
            list={list}
            autoComplete="off"
            spellCheck={false}
            className="min-w-0 flex-1"
            value={line.model}
            aria-invalid={wrong(`fallbacks.${index}`) !== null || undefined}
            onChange={(event) => put({ fallbacks: lines.map((each) => (each.key === line.key ? { ...each, model: event.target.value } : each)) })}
          />
          <IconButton label={words.up(line.model || words.fallback(index + 1))} disabled={index === 0} onClick={() => up(index)}>
            <ArrowUp size={18} aria-hidden />
          </IconButton>
          <IconButton label={words.removeOne(line.model || words.fallback(index + 1))} onClick={() => put({ fallbacks: lines.filter((each) => each.key !== line.key) })}>
            <X size={18} aria-hidden />
          </IconButton>
        </One>
      ))}
      <Whole error={wrong("fallbacks")} />
      <p className="text-sm text-muted">{words.fallbacksHint}</p>
      <Button className="self-start" kind="quiet" icon={<Plus size={16} aria-hidden />} onClick={() => put({ fallbacks: [...lines, newLine()] })}>
        {words.addFallback}
      </Button>
    </fieldset>
  );
}

function One({ error, children }: { error: string | null; children: ReactNode }) {
  return (
    <div>
      <div className="flex items-center gap-2">{children}</div>
      <Whole error={error} />
    </div>
  );
}

function Whole({ error }: { error: string | null }) {
  if (error === null) return null;
  return (
    <p role="alert" className="mt-1 text-sm text-danger">
      {error}
    </p>
  );
}
