import { useQuery } from "@tanstack/react-query";
import { toolsQuery } from "@/assistants/data";
import { Problem } from "@/assistants/form-section";
import type { FormPart } from "@/assistants/use-editing";
import { useWords } from "@/i18n/assistants";
import { plain } from "@/md/visible";
import { Checkbox } from "@/ui";

/** The operator's tool servers that it may call; one that is gone can only be taken out. */
export function Servers({ draft, put, problems }: FormPart) {
  const words = useWords().assistants.tools;
  const { data } = useQuery(toolsQuery);
  const offered = data?.servers ?? [];
  const gone = data === undefined ? [] : draft.servers.filter((label) => !offered.some((each) => each.label === label));
  if (offered.length === 0 && draft.servers.length === 0) return null;
  const choose = (label: string, chosen: boolean) => put({ servers: chosen ? [...draft.servers, label] : draft.servers.filter((each) => each !== label) });
  return (
    <fieldset className="flex min-w-0 flex-col gap-3">
      <legend className="text-sm font-medium">{words.servers}</legend>
      <p className="text-sm text-muted">{words.serversText}</p>
      {offered.map(({ label, description }) => (
        <Checkbox
          key={label}
          label={plain(label)}
          {...(description !== null && { hint: plain(description) })}
          checked={draft.servers.includes(label)}
          onChange={(event) => choose(label, event.target.checked)}
        />
      ))}
      {gone.map((label) => (
        <Checkbox key={label} label={plain(label)} hint={words.serverGone} checked onChange={() => choose(label, false)} />
      ))}
      <Problem text={problems.servers} />
    </fieldset>
  );
}
