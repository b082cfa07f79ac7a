import { lazy, Suspense, useState } from "react";
import { MentionMenu } from "@/chat/mention/menu";
import type { Offer, Prompt } from "@/chat/mention/offers";
import type { Trigger } from "@/chat/mention/trigger";
import type { Mentioning } from "@/chat/mention/use-mentions";
import type { Composing } from "@/chat/use-composer";
import { useWords } from "@/i18n/chat-tools";
import { plain } from "@/md";

const FillPrompt = lazy(() => import("@/chat/mention/fill-prompt").then((module) => ({ default: module.FillPrompt })));

interface MentionsProps {
  mentioning: Mentioning;
  composing: Composing;
}

/** The menu of @, # and /, with what follows on a choice. */
export function Mentions({ mentioning, composing }: MentionsProps) {
  const words = useWords().tools.mention;
  const [filling, setFilling] = useState<{ prompt: Prompt; trigger: Trigger } | null>(null);
  const [told, setTold] = useState("");
  const { trigger } = mentioning;

  function pick(offer: Offer, at: Trigger): void {
    setTold(choose(offer, at));
  }

  /** Gives what is said of it. */
  function choose(offer: Offer, at: Trigger): string {
    if (offer.kind === "prompt") {
      const { prompt } = offer;
      if (prompt.variables.length > 0) setFilling({ prompt, trigger: at });
      else mentioning.replace(at, prompt.text);
      return prompt.variables.length > 0 ? "" : words.inserted(plain(prompt.name));
    }
    mentioning.replace(at, "");
    if (offer.kind === "assistant") {
      const { id, name, picture } = offer.assistant;
      const shown = plain(name ?? "") || id;
      composing.setWish((now) => ({ ...now, assistant: { id, name: shown, picture } }));
      return words.chosen(shown);
    }
    if (offer.kind === "store") {
      const chosen = { id: offer.id, name: plain(offer.store.name) };
      composing.setWish((now) => ({ ...now, stores: [...now.stores.filter(({ id }) => id !== chosen.id), chosen] }));
      return words.searched(chosen.name);
    }
    const { id, filename, bytes } = offer.file;
    if (!composing.files.some((file) => file.id === id)) composing.uploads.giveBack([{ id, name: filename, type: typeOf(filename), size: bytes, state: "ready", kept: true }]);
    return words.attached(plain(filename));
  }

  return (
    <>
      {trigger !== null && filling === null && <MentionMenu trigger={trigger} mentioning={mentioning} onPick={(offer) => pick(offer, trigger)} />}
      <Suspense fallback={null}>
        {filling !== null && (
          <FillPrompt
            prompt={filling.prompt}
            onClose={() => setFilling(null)}
            onUse={(text) => {
              setFilling(null);
              mentioning.replace(filling.trigger, text);
              setTold(words.inserted(plain(filling.prompt.name)));
            }}
          />
        )}
      </Suspense>
      <span role="status" className="sr-only">
        {told}
      </span>
    </>
  );
}

const PICTURES: Readonly<Record<string, string>> = { png: "image/png", jpg: "image/jpeg", jpeg: "image/jpeg", gif: "image/gif", webp: "image/webp", pdf: "application/pdf" };

function typeOf(filename: string): string {
  return PICTURES[/\.(\w+)$/.exec(filename)?.[1]?.toLowerCase() ?? ""] ?? "text/plain";
}
