import { Link } from "@tanstack/react-router";
import { ExternalLink, RefreshCw, Unlink } from "lucide-react";
import { useState } from "react";
import { explain } from "@/api";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/library-pages";
import { ago, date } from "@/i18n/format";
import type { Share } from "@/library/queries";
import { nameOf } from "@/library/edits";
import { addressOf, renewShare, revokeShare } from "@/library/shares";
import { Confirm, CopyButton, IconButton } from "@/ui";

/** One link: what it shows, since when and until when, and what can be done with it. */
export function ShareRow({ share, titled = false }: { share: Share; titled?: boolean }) {
  const words = useWords();
  const said = words.library.share;
  const [asking, setAsking] = useState(false);
  const name = nameOf(share);
  const facts = [said.messages(share.messages), ...(share.files > 0 ? [said.attachments(share.files)] : []), said.made(ago(share.created_at)), share.expires_at === null ? said.forever : said.expires(date(share.expires_at))];

  async function renew(): Promise<void> {
    try {
      await renewShare(share);
      toast({ text: said.renewed });
    } catch (error) {
      toast({ kind: "error", text: explain(error, words) });
    }
  }

  return (
    <li className="flex items-center gap-2 rounded-xl px-3 py-2.5 hover:bg-hover max-sm:flex-wrap">
      <div className="min-w-0 flex-1 max-sm:basis-full">
        {titled && (
          <Link to="/chat/$conversationId" params={{ conversationId: share.conversation_id }} className="block truncate rounded font-medium hover:underline">
            {name}
          </Link>
        )}
        <p className="text-sm text-muted">{facts.join(" · ")}</p>
      </div>
      <Address share={share} />
      <IconButton label={said.renew} size="small" onClick={() => void renew()}>
        <RefreshCw size={16} aria-hidden />
      </IconButton>
      <IconButton label={said.revoke} size="small" className="hover:text-danger" onClick={() => setAsking(true)}>
        <Unlink size={16} aria-hidden />
      </IconButton>
      <Confirm
        open={asking}
        onClose={() => setAsking(false)}
        title={said.revokeTitle(name)}
        text={said.revokeText}
        action={said.revoke}
        explain={(error) => explain(error, words)}
        onConfirm={async () => {
          await revokeShare(share);
          toast({ text: said.revoked(name) });
        }}
      />
    </li>
  );
}

function Address({ share }: { share: Share }) {
  const words = useWords().library.share;
  const address = addressOf(share);
  if (address === null) return null;
  return (
    <>
      <CopyButton text={address} label={words.copy} />
      <a href={address} target="_blank" rel="noreferrer" aria-label={words.open} title={words.open} className="grid size-8 place-items-center rounded-lg text-muted hover:bg-hover hover:text-ink">
        <ExternalLink size={16} aria-hidden />
      </a>
    </>
  );
}
