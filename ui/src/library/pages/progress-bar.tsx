interface ProgressBarProps {
  label: string;
  done: number;
  /** null: nobody knows how much it is. */
  of: number | null;
  /** Said below it, and to those who hear the page. */
  text: string;
}

export function ProgressBar({ label, done, of, text }: ProgressBarProps) {
  const share = of === null || of === 0 ? null : Math.min(100, Math.round((100 * done) / of));
  return (
    <div className="flex flex-col gap-2">
      <div
        role="progressbar"
        aria-label={label}
        aria-valuetext={text}
        {...(share !== null && { "aria-valuenow": share, "aria-valuemin": 0, "aria-valuemax": 100 })}
        className="h-2 overflow-hidden rounded-full bg-hover"
      >
        <div className={`h-full rounded-full bg-accent transition-[width] ${share === null ? "w-1/3 animate-pulse" : ""}`} {...(share !== null && { style: { width: `${share}%` } })} />
      </div>
      <p className="text-sm text-muted tabular-nums">{text}</p>
    </div>
  );
}
