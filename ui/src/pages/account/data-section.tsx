import { Link, useRouter } from "@tanstack/react-router";
import { Download } from "lucide-react";
import { useEffect, useRef, useState } from "react";
import { api, call } from "@/api";
import { queryClient } from "@/app/query";
import { useMe } from "@/app/session";
import { remember } from "@/app/browser";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n/pages";
import { Reauthentication } from "@/pages/account/reauthentication";
import { Button, buttonClass, Card, Section } from "@/ui";

/** All that is kept of the person, to take along, and its end. */
export function DataSection() {
  const words = useWords().account.data;
  return (
    <>
      <Section title={words.exportTitle} description={words.exportIntro}>
        <Card>
          <Archive />
        </Card>
      </Section>
      <Section title={words.conversationsTitle} description={words.conversationsIntro}>
        <Card className="flex flex-wrap gap-2">
          <Link to="/import" className={buttonClass()}>
            {words.importLink}
          </Link>
        </Card>
      </Section>
      <Section title={words.eraseTitle} description={words.eraseIntro}>
        <Card className="border-danger/40!">
          <Erase />
        </Card>
      </Section>
    </>
  );
}

function Archive() {
  const words = useWords().account.data;
  const [asking, setAsking] = useState(false);
  const [path, setPath] = useState<string | null>(null);
  const link = useRef<HTMLAnchorElement>(null);

  // The button that opened the dialog is gone: whoever works by keyboard goes on at what took its place.
  useEffect(() => {
    if (path === null) return;
    const timer = setTimeout(() => link.current?.focus(), 100);
    return () => clearTimeout(timer);
  }, [path]);

  return (
    <div className="flex flex-col items-start gap-4">
      <p className="text-sm text-muted">{words.exportHint}</p>
      {path === null ? (
        <Button onClick={() => setAsking(true)}>{words.exportButton}</Button>
      ) : (
        <div role="status" className="flex flex-wrap items-center gap-3">
          <a ref={link} href={path} download className={buttonClass("primary")}>
            <Download size={17} aria-hidden />
            {words.download}
          </a>
          <span className="text-sm text-muted">{words.downloadHint}</span>
        </div>
      )}
      <Reauthentication
        open={asking}
        onClose={() => setAsking(false)}
        title={words.exportTitle}
        text={words.exportProof}
        action={words.exportButton}
        onConfirm={async (current_password) => {
          const made = await call(api.POST("/api/v1/me/data", { body: { current_password } }));
          setPath(made.path);
          setTimeout(() => setPath(null), made.expires_in * 1000);
          setAsking(false);
        }}
      />
    </div>
  );
}

function Erase() {
  const words = useWords().account.data;
  const me = useMe();
  const router = useRouter();
  const [asking, setAsking] = useState(false);
  return (
    <div className="flex flex-col items-start gap-4">
      <ul className="list-disc pl-5 text-sm text-muted">
        {words.eraseWhat.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <Button kind="danger" onClick={() => setAsking(true)}>
        {words.eraseButton}
      </Button>
      <Reauthentication
        open={asking}
        onClose={() => setAsking(false)}
        title={words.eraseConfirm(me.email)}
        text={words.eraseLast}
        action={words.eraseForGood}
        danger
        typed={me.email}
        onConfirm={async (current_password) => {
          await call(api.DELETE("/api/v1/me", { body: { current_password } }));
          forgetHere();
          await router.navigate({ to: "/sign-in", replace: true });
          queryClient.clear();
          toast({ text: words.erased });
        }}
      />
    </div>
  );
}

/** Drafts and whatever else this browser kept for the person; their language and theme stay with the browser. */
function forgetHere(): void {
  try {
    const keep = new Set(["prosa.language", "prosa.theme"]);
    for (const key of Object.keys(localStorage)) if (key.startsWith("prosa.") && !keep.has(key)) remember(key, null);
    sessionStorage.clear();
  } catch {
    // a browser that keeps nothing has nothing to forget
  }
}
