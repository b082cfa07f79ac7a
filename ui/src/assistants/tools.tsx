import { useQuery } from "@tanstack/react-query";
import { Plus, SquareFunction, X } from "lucide-react";
import { useState } from "react";
import { isAdmin, useMe } from "@/app/session";
import { type Assistant, toolsQuery } from "@/assistants/data";
import { type FunctionDraft, MOST, newKey } from "@/assistants/draft";
import { FormSection, Problem } from "@/assistants/form-section";
import { FunctionDialog } from "@/assistants/function-dialog";
import { PythonFiles } from "@/assistants/python-files";
import { Servers } from "@/assistants/servers";
import { useTakenOut } from "@/assistants/taken-out";
import type { FormPart } from "@/assistants/use-editing";
import { useWords } from "@/i18n/assistants";
import { plain } from "@/md/visible";
import { Badge, Button, IconButton, Switch } from "@/ui";

/** What it can do beside writing. */
export function Tools({ base, ...part }: FormPart & { base: Assistant | null }) {
  const words = useWords().assistants.tools;
  const others = part.draft.found.filter(({ type }) => !["file_search", "code_interpreter", "function", "mcp"].includes(String(type)));
  return (
    <FormSection title={words.title} text={words.text}>
      <Code base={base} {...part} />
      <Servers {...part} />
      <Functions {...part} />
      {others.map((tool, index) => (
        <p key={index} className="text-sm text-muted">
          {words.other(plain(String(tool["type"])))}
        </p>
      ))}
    </FormSection>
  );
}

function Code({ draft, put, problems, base }: FormPart & { base: Assistant | null }) {
  const words = useWords().assistants.tools;
  const admin = isAdmin(useMe());
  const { data } = useQuery(toolsQuery);
  const here = data?.data.find(({ type }) => type === "code_interpreter");
  return (
    <div className="flex flex-col gap-3">
      <Switch label={words.code} hint={words.codeHint} checked={draft.code} onChange={(code) => put({ code })} />
      {here?.available === false && (
        <div role="note" className="rounded-lg bg-warning-soft px-3.5 py-2.5 text-sm text-warning">
          <p className="font-medium">{here.obstacle === null ? words.off.switched_off : words.off[here.obstacle]}</p>
          <p className="mt-0.5">{admin && here.obstacle !== null ? words.mend[here.obstacle] : words.offAsk}</p>
        </div>
      )}
      {draft.code && <PythonFiles draft={draft} put={put} problems={problems} owns={base === null || base.right === "own"} />}
    </div>
  );
}

function Functions({ draft, put, problems }: FormPart) {
  const words = useWords().assistants.tools;
  const [edited, setEdited] = useState<FunctionDraft | null>(null);
  const { functions } = draft;
  const { place, afterwards } = useTakenOut();
  const known = edited !== null && functions.some(({ key }) => key === edited.key);

  function keep(now: FunctionDraft): void {
    put({ functions: known ? functions.map((each) => (each.key === now.key ? now : each)) : [...functions, now] });
    setEdited(null);
  }

  function remove(taken: number): void {
    put({ functions: functions.filter(({ key }) => key !== taken) });
    afterwards();
  }

  return (
    <div className="flex flex-col gap-3">
      <div>
        <h3 className="text-sm font-medium">{words.functions}</h3>
        <p className="text-sm text-muted">{words.functionsText}</p>
      </div>
      {functions.length > 0 && (
        <ul aria-label={words.functions} className="divide-y divide-line rounded-lg border border-line">
          {functions.map((each) => (
            <FunctionRow key={each.key} told={each} onEdit={() => setEdited(each)} onRemove={() => remove(each.key)} />
          ))}
        </ul>
      )}
      <Problem text={problems.functions} />
      {functions.length < MOST.functions && (
        <div ref={place}>
          <Button icon={<Plus size={16} aria-hidden />} onClick={() => setEdited({ key: newKey(), name: "", description: "", parameters: "", strict: null })}>
            {words.addFunction}
          </Button>
        </div>
      )}
      {edited !== null && (
        <FunctionDialog told={edited} known={known} taken={functions.flatMap(({ key, name }) => (key === edited.key ? [] : [name.trim()]))} onDone={keep} onClose={() => setEdited(null)} />
      )}
    </div>
  );
}

function FunctionRow({ told, onEdit, onRemove }: { told: FunctionDraft; onEdit: () => void; onRemove: () => void }) {
  const words = useWords().assistants.tools;
  const name = plain(told.name);
  return (
    <li className="flex items-center gap-2 py-1.5 pr-1.5 pl-3">
      <SquareFunction size={18} className="shrink-0 text-muted" aria-hidden />
      <button type="button" onClick={onEdit} title={words.editFunction(name)} className="min-h-9 min-w-0 flex-1 rounded-md text-left text-sm">
        <span className="flex flex-wrap items-center gap-x-2">
          <span className="min-w-0 font-mono text-[0.8125rem] font-medium">{name}</span>
          {told.strict === true && <Badge>{words.strict}</Badge>}
        </span>
        <span className="line-clamp-1 text-muted">{plain(told.description) || words.noDescription}</span>
      </button>
      <IconButton label={words.removeFunction(name)} size="small" onClick={onRemove}>
        <X size={16} aria-hidden />
      </IconButton>
    </li>
  );
}
