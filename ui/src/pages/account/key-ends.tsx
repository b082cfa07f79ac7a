import { useState } from "react";
import { api, call } from "@/api";
import { queryClient } from "@/app/query";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/pages";
import type { Key, MadeKey } from "@/pages/account/keys-section";
import { Reauthentication } from "@/pages/account/reauthentication";
import { Field, Select } from "@/ui";

interface EndProps {
  entry: Key | null;
  onClose: () => void;
}

export function RevokeKey({ entry, onClose }: EndProps) {
  const words = useWords().account.keys;
  return (
    <Reauthentication
      open={entry !== null}
      onClose={onClose}
      title={words.revokeTitle(entry?.name ?? "")}
      text={words.revokeText}
      action={words.revoke}
      danger
      onConfirm={async (current_password) => {
        if (entry === null) return;
        await call(api.DELETE("/api/v1/keys/{key_id}", { params: { path: { key_id: entry.id } }, body: { current_password } }));
        await queryClient.invalidateQueries({ queryKey: ["keys"] });
        toast({ text: words.revoked(entry.name) });
        onClose();
      }}
    />
  );
}

const OVERLAPS = [0, 3_600, 86_400, 604_800] as const;

export function RotateKey({ entry, onClose, onMade }: EndProps & { onMade: (key: MadeKey) => void }) {
  const words = useWords().account.keys;
  const [overlap, setOverlap] = useState<(typeof OVERLAPS)[number]>(86_400);
  return (
    <Reauthentication
      open={entry !== null}
      onClose={onClose}
      title={words.rotateTitle(entry?.name ?? "")}
      text={words.rotateText}
      action={words.rotate}
      onConfirm={async (current_password) => {
        if (entry === null) return;
        const path = { key_id: entry.id };
        const made = await call(api.POST("/api/v1/keys/{key_id}/rotation", { params: { path }, body: { overlap_seconds: overlap, current_password } }));
        await queryClient.invalidateQueries({ queryKey: ["keys"] });
        onMade(made);
      }}
    >
      <Field label={words.overlap}>
        {(ids) => (
          <Select {...ids} value={String(overlap)} onChange={(event) => setOverlap(OVERLAPS.find((each) => String(each) === event.target.value) ?? 86_400)}>
            {OVERLAPS.map((seconds) => (
              <option key={seconds} value={seconds}>
                {words.overlaps[seconds]}
              </option>
            ))}
          </Select>
        )}
      </Field>
    </Reauthentication>
  );
}
