import { ThumbsDown, ThumbsUp } from "lucide-react";
import { type FormEvent, useState } from "react";
import { toast } from "@/app/toast";
import type { AnswerTurn, TurnActions } from "@/chat/types";
import { useWords } from "@/i18n";
import { Button, Dialog, Field, IconButton, TextArea } from "@/ui";

interface FeedbackProps {
  turn: AnswerTurn;
  rate: NonNullable<TurnActions["rate"]>;
}

const LONGEST_REASON = 2_000;

/** Thumbs; a bad answer may be told about in words. The thumb counts at once, the words only when they are sent. */
export function Feedback({ turn, rate }: FeedbackProps) {
  const words = useWords().message;
  const [asking, setAsking] = useState(false);
  const up = turn.feedback === "up";
  const down = turn.feedback === "down";

  function bad(): void {
    rate(turn, down ? null : "down");
    setAsking(!down);
  }

  return (
    <>
      <IconButton size="small" label={words.good} aria-pressed={up} onClick={() => rate(turn, up ? null : "up")}>
        <ThumbsUp size={16} aria-hidden className={up ? "fill-current text-ink" : ""} />
      </IconButton>
      <IconButton size="small" label={words.bad} aria-pressed={down} onClick={bad}>
        <ThumbsDown size={16} aria-hidden className={down ? "fill-current text-ink" : ""} />
      </IconButton>
      <Dialog open={asking} onClose={() => setAsking(false)} title={words.bad}>
        <Reason
          onSend={(reason) => {
            if (reason !== "") rate(turn, "down", reason);
            setAsking(false);
            toast({ text: words.thanks });
          }}
        />
      </Dialog>
    </>
  );
}

function Reason({ onSend }: { onSend: (reason: string) => void }) {
  const words = useWords().message;
  const [reason, setReason] = useState("");
  function send(event: FormEvent): void {
    event.preventDefault();
    onSend(reason.trim());
  }
  return (
    <form onSubmit={send} className="flex flex-col gap-3">
      <Field label={words.reason}>{(ids) => <TextArea {...ids} value={reason} maxLength={LONGEST_REASON} onChange={(event) => setReason(event.target.value)} />}</Field>
      <Button type="submit" kind="primary" className="self-end">
        {words.sendReason}
      </Button>
    </form>
  );
}
