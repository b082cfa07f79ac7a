import { Problem } from "@/assistants/form-section";
import type { FormPart } from "@/assistants/use-editing";
import { useWords } from "@/i18n/assistants";
import { plain } from "@/md/visible";
import { Checkbox } from "@/ui";

/** The operator's MCP servers that it may call. */
export function Servers({ draft, put, problems }: FormPart) {
  const words = useWords().assistants.tools;
  const labels = draft.servers;
  if (labels.length === 0) return null;
  return (
    <fieldset className="flex flex-col gap-3">
      <legend className="text-sm font-medium">{words.servers}</legend>
      <p className="text-sm text-muted">{words.serversText}</p>
      {labels.map((label) => (
        <Checkbox key={label} label={plain(label)} checked onChange={() => put({ servers: labels.filter((each) => each !== label) })} />
      ))}
      <Problem text={problems.servers} />
    </fieldset>
  );
}
