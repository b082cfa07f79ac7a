import type { Assistant } from "@/assistants/data";
import { FormSection, Problem } from "@/assistants/form-section";
import type { FormPart } from "@/assistants/use-editing";
import { useWords } from "@/i18n/assistants";
import { StorePicker } from "@/knowledge/store-picker";
import { Switch } from "@/ui";

/** The documents that it looks into. Of another's assistant they stay as its owner chose them. */
export function KnowledgePart({ draft, put, problems, base }: FormPart & { base: Assistant | null }) {
  const words = useWords().assistants;
  const said = words.knowledge;
  const owns = base === null || base.right === "own";
  return (
    <FormSection title={said.title} text={said.text}>
      <Switch label={said.search} hint={said.searchHint} checked={draft.search} onChange={(search) => put({ search })} />
      {draft.search && owns && (
        <div className="flex flex-col gap-1.5">
          <StorePicker label={said.store} value={draft.stores} most={1} onChange={(stores) => put({ stores })} />
          {draft.stores.length === 0 && <p className="text-sm text-muted">{said.noStore}</p>}
        </div>
      )}
      {draft.search && !owns && <p className="text-sm text-muted">{draft.stores.length === 0 ? said.ownersNone : said.owners(base.owner ?? said.owner, draft.stores.length)}</p>}
      <Problem text={problems.stores} />
    </FormSection>
  );
}
