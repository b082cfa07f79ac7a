import { Plug } from "lucide-react";
import { Fold } from "@/chat/message/fold";
import { laidOut } from "@/chat/message/laid-out";
import { Note, Piece, StateIcon } from "@/chat/message/steps/piece";
import type { McpPart, McpToolsPart } from "@/chat/types";
import { useWords } from "@/i18n/chat-tools";
import { plain } from "@/md";

/** A name that another server gave itself, or its tool: one line of text, no longer than a name. */
export const named = (text: string): string => plain(text).replace(/\s+/g, " ").slice(0, 120);

/** A call of a tool of another server. */
export function McpStep({ part }: { part: McpPart }) {
  const words = useWords().tools;
  const [server, name] = [named(part.server), named(part.name)];
  const busy = part.state === "writing" || part.state === "running";
  const input = laidOut(part.input);
  const output = part.output === null ? null : laidOut(part.output);
  return (
    <Fold icon={<StateIcon state={part.state} />} label={busy ? words.mcp.running(server, name) : words.mcp.label(server, name)} {...(part.state === "failed" && { hint: words.states.failed })}>
      <Piece label={words.input} text={input.text} info={input.info} />
      {(output !== null || part.error !== null) && <Note>{words.mcp.untrusted}</Note>}
      {output !== null && <Piece label={words.output} text={output.text} info={output.info} />}
      {part.error !== null && <Piece label={words.mcp.error} text={part.error} />}
    </Fold>
  );
}

/** Which tools another server offers: of use to few, so one quiet line. */
export function McpTools({ part }: { part: McpToolsPart }) {
  const words = useWords().tools.mcp;
  const server = named(part.server);
  const label = part.open ? words.listing(server) : part.error === null ? words.listed(server, part.tools.length) : words.listFailed(server);
  return (
    <Fold icon={part.error === null ? <Plug size={16} aria-hidden className="shrink-0" /> : <StateIcon state="failed" />} label={label}>
      {part.tools.length > 0 && (
        <ul aria-label={words.tools} className="flex flex-wrap gap-1.5">
          {part.tools.map((tool, index) => (
            <li key={index} className="max-w-full truncate rounded-md bg-hover px-2 py-0.5 font-mono text-[0.8125rem]">
              {named(tool)}
            </li>
          ))}
        </ul>
      )}
      {part.error !== null && <Piece label={words.error} text={part.error} />}
    </Fold>
  );
}
