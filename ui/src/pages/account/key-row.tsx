import { Ellipsis } from "lucide-react";
import { useWords } from "@/i18n/pages";
import { ago, date, dateTime } from "@/i18n/format";
import type { Key } from "@/pages/account/keys-section";
import { Badge, IconButton, Menu } from "@/ui";

/** A key: what it is called, how it begins, what it may, and when it was used. */
export function KeyRow({ entry, onRotate, onRevoke }: { entry: Key; onRotate: () => void; onRevoke: () => void }) {
  const words = useWords().account.keys;
  const alive = entry.status === "active";
  const details = [
    words.made(date(entry.created_at)),
    entry.last_used_at === null ? words.neverUsed : words.used(ago(entry.last_used_at), entry.last_used_address ?? ""),
    entry.expires_at === null ? words.noExpiry : words.expires(dateTime(entry.expires_at)),
  ];
  return (
    <li className="flex items-start gap-4 p-4">
      <div className="min-w-0 flex-1">
        <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
          <span className="font-medium break-all">{entry.name}</span>
          <code className="rounded-md bg-sunken px-1.5 py-0.5 font-mono text-xs text-muted">{entry.hint}…</code>
          {!alive && <Badge tone="danger">{words.states[entry.status]}</Badge>}
        </p>
        <p className="mt-1.5 flex flex-wrap gap-1.5">
          {entry.scopes.map((scope) => (
            <Badge key={scope} tone={scope === "admin" ? "warning" : "neutral"}>
              {words.scopes[scope]}
            </Badge>
          ))}
        </p>
        <p className="mt-1.5 text-sm text-muted">{details.join(" · ")}</p>
        {entry.models !== null && <p className="text-sm text-muted">{words.onlyModels(entry.models.join(", "))}</p>}
        {entry.addresses !== null && <p className="text-sm text-muted">{words.onlyFrom(entry.addresses.join(", "))}</p>}
      </div>
      {alive && (
        <Menu
          trigger={
            <IconButton label={words.actions(entry.name)}>
              <Ellipsis size={18} aria-hidden />
            </IconButton>
          }
          items={[
            { label: words.rotate, onSelect: onRotate },
            { label: words.revoke, onSelect: onRevoke, danger: true },
          ]}
        />
      )}
    </li>
  );
}
