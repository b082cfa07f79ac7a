import { type ErrorComponentProps, Link, useRouter } from "@tanstack/react-router";
import { useWords } from "@/i18n";
// Not by the house's front door: the entry is to bring these few alone.
import { buttonClass } from "@/ui/button";
import { useTitle } from "@/ui/page";
import { EmptyState, ErrorState } from "@/ui/states";

export function NotFound() {
  const words = useWords().common.notFound;
  useTitle(words.title);
  return (
    <main className="grid min-h-dvh place-items-center">
      <EmptyState
        title={words.title}
        action={
          <Link to="/" className={buttonClass("primary")}>
            {words.home}
          </Link>
        }
      >
        {words.text}
      </EmptyState>
    </main>
  );
}

/** What stands where a page could not be shown at all. */
export function PageError({ error, reset }: ErrorComponentProps) {
  const router = useRouter();
  function again(): void {
    reset();
    void router.invalidate();
  }
  return (
    <main className="grid min-h-dvh place-items-center">
      <ErrorState error={error} onRetry={again} />
    </main>
  );
}
