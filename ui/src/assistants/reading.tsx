import { Link } from "@tanstack/react-router";
import { Copy, Lock, MessageSquare } from "lucide-react";
import type { ReactNode } from "react";
import { useCopying } from "@/assistants/brought";
import type { Assistant } from "@/assistants/data";
import { FormSection } from "@/assistants/form-section";
import { Frame } from "@/assistants/frame";
import { useWords } from "@/i18n/assistants";
import { plain } from "@/md/visible";
import { Shown } from "@/md/shown";
import { Button, buttonClass } from "@/ui";

/** An assistant that one may use, and not change. */
export function Reading({ assistant }: { assistant: Assistant }) {
  const words = useWords().assistants;
  const copying = useCopying();
  const name = plain(assistant.name ?? "") || words.unnamed;
  const actions = (
    <>
      <Button busy={copying.busy} icon={<Copy size={16} aria-hidden />} onClick={() => copying.duplicate(assistant.id)}>
        {words.card.duplicate}
      </Button>
      <Link to="/chat" search={{ assistant: assistant.id }} className={buttonClass("primary")}>
        <MessageSquare size={16} aria-hidden />
        {words.card.chat}
      </Link>
      {copying.report}
    </>
  );
  return (
    <Frame name={name} picture={assistant.picture} below={assistant.description !== null && <p className="text-sm text-muted">{plain(assistant.description)}</p>} actions={actions}>
      <div className="flex max-w-4xl flex-col gap-4">
        <p role="note" className="flex items-start gap-2.5 rounded-xl bg-accent-soft px-4 py-3 text-sm text-accent">
          <Lock size={16} className="mt-0.5 shrink-0" aria-hidden />
          {assistant.owner === null ? words.reading.noteNobody : words.reading.note(plain(assistant.owner))}
        </p>
        <Instructions text={assistant.instructions} />
        <FormSection title={words.reading.how}>
          <Facts assistant={assistant} />
        </FormSection>
        {assistant.starters.length > 0 && (
          <FormSection title={words.form.starters}>
            <ul className="flex list-disc flex-col gap-1.5 pl-5 text-sm">
              {assistant.starters.map((each) => (
                <li key={each} dir="auto">
                  {plain(each)}
                </li>
              ))}
            </ul>
          </FormSection>
        )}
      </div>
    </Frame>
  );
}

function Instructions({ text }: { text: string | null }) {
  const words = useWords().assistants;
  return (
    <FormSection title={words.fields.instructions}>
      {text === null ? (
        <p className="text-sm text-muted">{words.reading.none}</p>
      ) : (
        <div dir="auto" tabIndex={0} role="region" aria-label={words.fields.instructions} className="max-h-[60dvh] overflow-y-auto text-sm leading-6 whitespace-pre-wrap">
          <Shown text={text} />
        </div>
      )}
    </FormSection>
  );
}

function Facts({ assistant }: { assistant: Assistant }) {
  const words = useWords().assistants;
  const functions = assistant.tools.flatMap((tool) => {
    const told = tool["function"];
    return typeof told === "object" && told !== null && "name" in told ? [plain(String(told.name))] : [];
  });
  const has = (type: string): boolean => assistant.tool_types.includes(type);
  return (
    <dl className="grid gap-x-6 gap-y-2 text-sm sm:grid-cols-[minmax(7rem,auto)_1fr]">
      <Fact name={words.fields.model}>{plain(assistant.model)}</Fact>
      {has("file_search") && <Fact name={words.knowledge.search}>{assistant.vector_store_ids.length === 0 ? words.reading.none : words.reading.stores(assistant.vector_store_ids.length)}</Fact>}
      {has("code_interpreter") && <Fact name={words.tools.code}>{words.tools.codeHint}</Fact>}
      {functions.length > 0 && <Fact name={words.tools.functions}>{functions.join(", ")}</Fact>}
      {assistant.tool_types.length === 0 && <Fact name={words.fields.tools}>{words.reading.noTools}</Fact>}
    </dl>
  );
}

function Fact({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="contents">
      <dt className="text-muted">{name}</dt>
      <dd className="min-w-0 max-sm:mb-1">{children}</dd>
    </div>
  );
}
