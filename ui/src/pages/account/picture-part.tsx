import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { raw } from "@/api";
import { queryClient } from "@/app/query";
import { useMe } from "@/app/session";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/pages";
import { UnreadablePicture, smaller } from "@/pages/account/picture";
import { tell } from "@/pages/account/tell";
import { Avatar, Button } from "@/ui";

const PATH = "/api/v1/me/picture";

/** One's own picture: any picture is taken, cut square and made small in the browser. */
export function PicturePart() {
  const words = useWords();
  const me = useMe();
  const input = useRef<HTMLInputElement>(null);
  const [busy, setBusy] = useState(false);
  const [version, setVersion] = useState("");
  const { data: there } = useQuery({ queryKey: ["picture"], queryFn: async () => (await raw(PATH)).status === 200 });

  async function change(send: () => Promise<void>, said: string): Promise<void> {
    setBusy(true);
    try {
      await send();
      setVersion(String(Date.now()));
      await queryClient.invalidateQueries({ queryKey: ["picture"] });
      toast({ text: said });
    } catch (error) {
      toast({ kind: "error", text: error instanceof UnreadablePicture ? words.account.account.pictureUnreadable : tell(error, words) });
    } finally {
      setBusy(false);
    }
  }

  const upload = (file: File) =>
    change(async () => {
      const picture = await smaller(file);
      await raw(PATH, { method: "PUT", body: picture, headers: { "content-type": picture.type } });
    }, words.account.account.pictureSet);
  const remove = () => change(async () => void (await raw(PATH, { method: "DELETE" })), words.account.account.pictureRemoved);

  return (
    <div className="flex flex-wrap items-center gap-4">
      <Avatar name={me.name || me.email} size={64} own version={version} />
      <div className="flex flex-col gap-2">
        <div className="flex flex-wrap gap-2">
          <Button busy={busy} onClick={() => input.current?.click()}>
            {words.account.account.pictureUpload}
          </Button>
          {there === true && (
            <Button kind="quiet" disabled={busy} onClick={() => void remove()}>
              {words.account.account.pictureRemove}
            </Button>
          )}
        </div>
        <p className="text-sm text-muted">{words.account.account.pictureHint}</p>
      </div>
      <input
        ref={input}
        type="file"
        accept="image/png,image/jpeg,image/webp,image/gif,image/avif"
        hidden
        aria-label={words.account.account.pictureUpload}
        onChange={(event) => {
          const file = event.target.files?.[0];
          event.target.value = "";
          if (file !== undefined) void upload(file);
        }}
      />
    </div>
  );
}
