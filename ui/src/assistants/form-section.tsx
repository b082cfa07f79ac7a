import { type ReactNode, useId } from "react";

/** A part of the form with its heading. */
export function FormSection({ title, text, children, actions }: { title: string; text?: ReactNode; children: ReactNode; actions?: ReactNode }) {
  const id = useId();
  return (
    <section aria-labelledby={id} className="rounded-xl border border-line bg-surface p-4 sm:p-5">
      <header className="mb-4 flex flex-wrap items-start justify-between gap-x-4 gap-y-2">
        <div className="min-w-0 flex-1">
          <h2 id={id} className="text-base font-semibold">
            {title}
          </h2>
          {text !== undefined && <p className="mt-0.5 text-sm text-muted">{text}</p>}
        </div>
        {actions}
      </header>
      <div className="flex flex-col gap-5">{children}</div>
    </section>
  );
}

/** What is wrong with a part that isn't one field. */
export function Problem({ text }: { text: string | undefined }) {
  if (text === undefined) return null;
  return (
    <p role="alert" tabIndex={-1} data-problem className="text-sm text-danger outline-none">
      {text}
    </p>
  );
}
