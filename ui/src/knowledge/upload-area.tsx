import { CircleAlert, RotateCcw, Upload, X } from "lucide-react";
import { useRef } from "react";
import { explain } from "@/api";
import { DropZone } from "@/chat/drop-zone";
import { useWords } from "@/i18n/knowledge";
import { bytes, percent } from "@/i18n/format";
import { type Coming, type Filling, fillingOf, useComing } from "@/knowledge/filling";
import { sizesOf, type Store } from "@/knowledge/stores";
import { plain } from "@/md";
import { Button, IconButton, Spinner } from "@/ui";

/** The way into a base: chosen, or dropped anywhere on the page. */
export function UploadArea({ store }: { store: Store }) {
  const words = useWords().knowledge.upload;
  const filling = fillingOf(store.id);
  const coming = useComing(filling);
  const chooser = useRef<HTMLInputElement>(null);
  const sizes = sizesOf(store);
  const take = (files: Iterable<File>) => filling.add(files, sizes);
  return (
    <section aria-label={words.title} className="mb-6">
      <DropZone onFiles={take} title={words.dropHere} hint={words.dropHint} />
      <div className="flex flex-col items-center gap-2 rounded-xl border-2 border-dashed border-line bg-surface px-6 py-7 text-center">
        <Upload size={22} aria-hidden className="text-accent" />
        <p className="flex flex-wrap items-center justify-center gap-x-2 gap-y-2 text-sm">
          <span className="max-sm:hidden pointer-coarse:hidden">{words.drag}</span>
          <Button onClick={() => chooser.current?.click()}>{words.choose}</Button>
        </p>
        <p className="max-w-xl text-sm text-muted">{words.kinds}</p>
        <input
          ref={chooser}
          type="file"
          multiple
          hidden
          data-testid="files"
          onChange={(event) => {
            take([...(event.target.files ?? [])]);
            event.target.value = ""; // the same file can be chosen once more
          }}
        />
      </div>
      <Queue coming={coming} filling={filling} />
    </section>
  );
}

function Queue({ coming, filling }: { coming: readonly Coming[]; filling: Filling }) {
  const words = useWords().knowledge.upload;
  const under = coming.filter((file) => file.state !== "failed").length;
  return (
    <>
      <p role="status" className="sr-only">
        {under > 0 ? words.under(under) : ""}
      </p>
      {coming.length > 0 && (
        <ul aria-label={words.title} className="mt-3 divide-y divide-line rounded-xl border border-line bg-surface">
          {coming.map((file) => (
            <ComingRow key={file.key} file={file} filling={filling} />
          ))}
        </ul>
      )}
    </>
  );
}

function ComingRow({ file, filling }: { file: Coming; filling: Filling }) {
  const words = useWords().knowledge.upload;
  const name = plain(file.name);
  const failed = file.state === "failed";
  const own = typeof file.error === "string";
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <span className={`mt-0.5 grid size-5 shrink-0 place-items-center ${failed ? "text-danger" : "text-accent"}`}>{failed ? <CircleAlert size={18} aria-hidden /> : <Spinner />}</span>
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium">{name}</p>
        <Standing file={file} name={name} />
      </div>
      {failed && !own && (
        <IconButton label={words.again(name)} size="small" onClick={() => filling.again(file.key)}>
          <RotateCcw size={16} aria-hidden />
        </IconButton>
      )}
      <IconButton label={failed ? words.discard(name) : words.cancel(name)} size="small" onClick={() => filling.remove(file.key)}>
        <X size={16} aria-hidden />
      </IconButton>
    </li>
  );
}

function Standing({ file, name }: { file: Coming; name: string }) {
  const words = useWords();
  const said = words.knowledge.upload;
  if (file.state === "failed") {
    const why = typeof file.error === "string" ? said[file.error] : explain(file.error, words);
    return (
      <p className="text-sm text-danger">
        {said.failed}: {why}
      </p>
    );
  }
  const text = file.state === "waiting" ? said.waiting : file.state === "arrived" ? said.adding : said.sending(percent(Math.floor(file.progress * 100) / 100));
  return (
    <>
      <p className="text-sm text-muted tabular-nums">
        {text} · {bytes(file.size)}
      </p>
      {file.state === "sending" && (
        <progress aria-label={said.progress(name)} value={file.progress} max={1} className="mt-1.5 block h-1.5 w-full max-w-xs overflow-hidden rounded-full [&::-webkit-progress-bar]:bg-hover [&::-webkit-progress-value]:bg-accent [&::-moz-progress-bar]:bg-accent" />
      )}
    </>
  );
}
