import { TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";
import { explain } from "@/api/errors";
import { useWords } from "@/i18n";
import { Button } from "@/ui/button";

/** A grey place where something will stand. */
export function Skeleton({ className = "h-4 w-full" }: { className?: string }) {
  return <span aria-hidden className={`block animate-pulse rounded-md bg-hover ${className}`} />;
}

/** Lines of grey while a list is loading; said once to those who hear the page. */
export function SkeletonList({ rows = 4, className = "h-12" }: { rows?: number; className?: string }) {
  const words = useWords();
  return (
    <div role="status" aria-label={words.common.loading} className="flex flex-col gap-2">
      {Array.from({ length: rows }, (_, index) => (
        <Skeleton key={index} className={`${className} w-full`} />
      ))}
    </div>
  );
}

/** What stands where there is nothing yet: says what would be here, and how it comes here. */
export function EmptyState({ icon, title, children, action }: { icon?: ReactNode; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="mx-auto flex max-w-md flex-col items-center gap-2 px-4 py-12 text-center">
      {icon !== undefined && <span className="mb-2 text-muted [&_svg]:size-8">{icon}</span>}
      <p className="font-medium">{title}</p>
      {children !== undefined && <div className="text-sm text-muted">{children}</div>}
      {action !== undefined && <div className="mt-3">{action}</div>}
    </div>
  );
}

/** What stands where something could not be loaded. */
export function ErrorState({ error, onRetry, title }: { error: unknown; onRetry?: () => void; title?: string }) {
  const words = useWords();
  return (
    <div role="alert" className="mx-auto flex max-w-md flex-col items-center gap-2 px-4 py-10 text-center">
      <TriangleAlert className="size-7 text-danger" aria-hidden />
      <p className="font-medium">{title ?? words.errors.heading}</p>
      <p className="text-sm text-muted">{explain(error, words)}</p>
      {onRetry !== undefined && (
        <Button className="mt-3" onClick={onRetry}>
          {words.common.retry}
        </Button>
      )}
    </div>
  );
}

const TONES = { neutral: "bg-hover text-muted", good: "bg-good-soft text-good", warning: "bg-warning-soft text-warning", danger: "bg-danger-soft text-danger", accent: "bg-accent-soft text-accent" };

export function Badge({ tone = "neutral", children }: { tone?: keyof typeof TONES; children: ReactNode }) {
  return <span className={`inline-flex items-center rounded-full px-2 py-0.5 text-xs font-medium ${TONES[tone]}`}>{children}</span>;
}
