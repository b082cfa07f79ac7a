import { useWords } from "@/i18n/pages";
import { CodeExample } from "@/pages/account/code-example";
import { Card, CopyBox } from "@/ui";

/** For those who write programs: where to call, and how. */
export function Developers() {
  const words = useWords().dashboard.developers;
  return (
    <section aria-labelledby="developers">
      <h2 id="developers" className="mb-1 text-base font-semibold">
        {words.title}
      </h2>
      <p className="mb-3 text-sm text-muted">{words.intro}</p>
      <Card className="flex min-w-0 flex-col gap-4">
        <div>
          <h3 className="mb-1.5 text-sm font-medium">{words.base}</h3>
          <CopyBox text={`${window.location.origin}/v1`} label={words.base} />
        </div>
        <CodeExample secret="$PROSA_KEY" />
        <p className="text-sm">
          <a href="/docs" className="font-medium text-accent underline-offset-4 hover:underline">
            {words.docs}
          </a>
        </p>
      </Card>
    </section>
  );
}
