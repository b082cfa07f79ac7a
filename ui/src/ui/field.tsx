import { type ComponentPropsWithRef, type ReactNode, useId } from "react";

const BOX =
  "w-full rounded-lg border border-edge/60 bg-surface px-3 text-sm text-ink placeholder:text-muted focus-visible:border-accent disabled:opacity-60 aria-invalid:border-danger";

interface FieldProps {
  label: ReactNode;
  /** Said below it, and read with it. */
  hint?: ReactNode;
  error?: string | null | undefined;
  children: (ids: { id: string; "aria-describedby"?: string; "aria-invalid"?: true }) => ReactNode;
}

/** A labelled control with its hint and its error. */
export function Field({ label, hint, error, children }: FieldProps) {
  const id = useId();
  const described = [hint ? `${id}-hint` : "", error ? `${id}-error` : ""].filter(Boolean).join(" ");
  return (
    <div className="flex flex-col gap-1.5">
      <label htmlFor={id} className="text-sm font-medium">
        {label}
      </label>
      {children({ id, ...(described && { "aria-describedby": described }), ...(error && { "aria-invalid": true as const }) })}
      {hint && (
        <p id={`${id}-hint`} className="text-sm text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} role="alert" className="text-sm text-danger">
          {error}
        </p>
      )}
    </div>
  );
}

export function TextInput({ className = "", type = "text", ...rest }: ComponentPropsWithRef<"input">) {
  return <input type={type} className={`${BOX} h-10 ${className}`} {...rest} />;
}

export function TextArea({ className = "", rows = 4, ...rest }: ComponentPropsWithRef<"textarea">) {
  return <textarea rows={rows} className={`${BOX} py-2 leading-6 ${className}`} {...rest} />;
}

/** The browser's own list: it works everywhere, on phones best of all. */
export function Select({ className = "", ...rest }: ComponentPropsWithRef<"select">) {
  return <select className={`${BOX} h-10 pr-8 ${className}`} {...rest} />;
}

interface CheckboxProps extends Omit<ComponentPropsWithRef<"input">, "type"> {
  label: ReactNode;
  hint?: ReactNode;
}

export function Checkbox({ label, hint, className = "", ...rest }: CheckboxProps) {
  const id = useId();
  return (
    <div className={`flex items-start gap-2.5 ${className}`}>
      <input id={id} type="checkbox" className="mt-0.5 size-5 shrink-0 accent-accent" {...(hint !== undefined && { "aria-describedby": `${id}-hint` })} {...rest} />
      <div>
        <label htmlFor={id} className="text-sm">
          {label}
        </label>
        {hint !== undefined && (
          <p id={`${id}-hint`} className="text-sm text-muted">
            {hint}
          </p>
        )}
      </div>
    </div>
  );
}
