import type { ComponentPropsWithRef, ReactNode } from "react";

type Kind = "primary" | "secondary" | "quiet" | "danger";

const KINDS: Record<Kind, string> = {
  primary: "bg-accent text-on-accent hover:bg-accent-hover",
  secondary: "border border-line bg-surface text-ink hover:bg-hover",
  quiet: "text-ink hover:bg-hover",
  danger: "border border-line bg-surface text-danger hover:bg-danger-soft",
};

const SHAPE =
  "inline-flex min-h-9 shrink-0 items-center justify-center gap-2 rounded-lg px-3.5 text-sm font-medium whitespace-nowrap transition-colors disabled:cursor-not-allowed disabled:opacity-50";

/** The classes of a button, for links that look like one. */
export function buttonClass(kind: Kind = "secondary"): string {
  return `${SHAPE} ${KINDS[kind]}`;
}

interface ButtonProps extends ComponentPropsWithRef<"button"> {
  kind?: Kind;
  /** Shows that it is under way, and takes no further click. */
  busy?: boolean;
  icon?: ReactNode;
}

export function Button({ kind = "secondary", busy = false, icon, className = "", children, disabled, type = "button", ...rest }: ButtonProps) {
  return (
    <button type={type} className={`${buttonClass(kind)} ${className}`} disabled={disabled === true || busy} aria-busy={busy || undefined} {...rest}>
      {busy ? <Spinner /> : icon}
      {children}
    </button>
  );
}

interface IconButtonProps extends ComponentPropsWithRef<"button"> {
  /** What it does: its name for those who can't see it, and its tooltip. */
  label: string;
  size?: "small" | "normal";
}

export function IconButton({ label, size = "normal", className = "", children, type = "button", ...rest }: IconButtonProps) {
  const square = size === "small" ? "size-8" : "size-9";
  return (
    <button
      type={type}
      aria-label={label}
      title={label}
      className={`inline-flex ${square} shrink-0 items-center justify-center rounded-lg text-muted transition-colors hover:bg-hover hover:text-ink disabled:cursor-not-allowed disabled:opacity-50 ${className}`}
      {...rest}
    >
      {children}
    </button>
  );
}

export function Spinner() {
  return <span aria-hidden className="size-4 animate-spin rounded-full border-2 border-current border-r-transparent" />;
}
