import { CircleAlert, CircleCheck } from "lucide-react";
import type { ReactNode } from "react";
import { useAdminWords } from "@/i18n/admin";
import { Card } from "@/ui";

/** The server's state in a word. */
export function State({ ok }: { ok: boolean }) {
  const words = useAdminWords().health;
  return (
    <p role="status" className={`mb-5 flex items-center gap-2 font-medium ${ok ? "text-good" : "text-danger"}`}>
      {ok ? <CircleCheck size={20} aria-hidden /> : <CircleAlert size={20} aria-hidden />}
      {ok ? words.ok : words.degraded}
    </p>
  );
}

export function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <Card>
      <h3 className="mb-3 font-semibold">{title}</h3>
      {children}
    </Card>
  );
}
