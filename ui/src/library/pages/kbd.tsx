import { useWords } from "@/i18n";
import { keyNames } from "@/library/shortcut-keys";

/** Keys as they stand on a keyboard. */
export function Keys({ binding }: { binding: string }) {
  const words = useWords().library.shortcuts;
  return (
    <span className="inline-flex gap-1">
      {keyNames(binding, words.keys).map((name) => (
        <kbd key={name} className="inline-flex min-w-6 items-center justify-center rounded-md border border-line bg-sunken px-1.5 py-0.5 font-sans text-xs text-muted">
          {name}
        </kbd>
      ))}
    </span>
  );
}
