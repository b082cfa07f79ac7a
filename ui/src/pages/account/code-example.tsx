import { useQuery } from "@tanstack/react-query";
import { useId, useState } from "react";
import { api, call } from "@/api";
import { useWords } from "@/i18n/pages";
import { curlOf, pythonOf } from "@/pages/account/key-wish";
import { CopyButton } from "@/ui";

/** The model that a call without a wish gets, if the server tells. */
export function useDefaultModel(): string | null {
  const { data } = useQuery({ queryKey: ["models"], queryFn: () => call(api.GET("/api/v1/models")), staleTime: 60_000 });
  return data?.data.find((model) => model.default && model.kind === "chat")?.id ?? null;
}

const KINDS = ["curl", "python"] as const;

/** How a program calls this server, ready to be pasted; `secret` is the key, or what stands in for it. */
export function CodeExample({ secret }: { secret: string }) {
  const words = useWords().account.keys;
  const model = useDefaultModel();
  const [kind, setKind] = useState<(typeof KINDS)[number]>("curl");
  const id = useId();
  const text = (kind === "curl" ? curlOf : pythonOf)(window.location.origin, secret, model);
  return (
    <div className="overflow-hidden rounded-xl border border-line bg-sunken">
      <div className="flex items-center justify-between gap-2 border-b border-line py-1 pr-1.5 pl-2">
        <div role="tablist" aria-label={words.example} className="flex gap-1">
          {KINDS.map((each) => (
            <button
              key={each}
              type="button"
              role="tab"
              id={`${id}-${each}`}
              aria-selected={kind === each}
              aria-controls={`${id}-code`}
              tabIndex={kind === each ? 0 : -1}
              onClick={() => setKind(each)}
              onKeyDown={(event) => {
                if (event.key !== "ArrowLeft" && event.key !== "ArrowRight") return;
                const other = each === "curl" ? "python" : "curl";
                setKind(other);
                document.getElementById(`${id}-${other}`)?.focus();
              }}
              className="min-h-8 rounded-md px-2.5 text-sm font-medium text-muted hover:text-ink aria-selected:bg-selected aria-selected:text-ink"
            >
              {each === "curl" ? "curl" : "Python"}
            </button>
          ))}
        </div>
        <CopyButton text={text} label={words.copyExample} />
      </div>
      <pre id={`${id}-code`} role="tabpanel" aria-labelledby={`${id}-${kind}`} tabIndex={0} className="overflow-x-auto px-4 py-3 font-mono max-sm:break-all max-sm:whitespace-pre-wrap text-[0.8125rem] leading-6">
        {text}
      </pre>
    </div>
  );
}
