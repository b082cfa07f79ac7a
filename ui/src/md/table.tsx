import type { Table as TableNode } from "mdast";
import { Check, Maximize2, Sheet } from "lucide-react";
import { type ReactNode, useRef, useState } from "react";
import { copyText } from "@/app/browser";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n";
import { csv } from "@/md/csv";
import { useEdges } from "@/md/edges";
import { textOf } from "@/md/parse";
import { plain } from "@/md/visible";
import { Dialog } from "@/ui";

/** A table that scrolls by itself, can be copied for a spreadsheet, and be looked at in a window of its own. */
export function Table({ node, children }: { node: TableNode; children: ReactNode }) {
  const words = useWords().message;
  const [wide, setWide] = useState(false);
  return (
    <div className="md-table">
      <div className="md-table-tools">
        <span className="md-code-language">{words.table}</span>
        <CopyTable node={node} />
        <button type="button" className="md-tool" aria-label={words.expandTable} title={words.expandTable} onClick={() => setWide(true)}>
          <Maximize2 size={15} aria-hidden />
        </button>
      </div>
      <Scroller>{children}</Scroller>
      <Dialog open={wide} onClose={() => setWide(false)} title={words.table} wide>
        <div className="md md-wide">
          <div className="md-table">
            <Scroller>{children}</Scroller>
          </div>
        </div>
      </Dialog>
    </div>
  );
}

function Scroller({ children }: { children: ReactNode }) {
  const words = useWords().message;
  const scroller = useRef<HTMLDivElement>(null);
  const edges = useEdges(scroller);
  return (
    <div ref={scroller} className="md-table-scroller" {...edges} aria-label={edges.role === undefined ? undefined : words.table}>
      <table>{children}</table>
    </div>
  );
}

function CopyTable({ node }: { node: TableNode }) {
  const words = useWords();
  const [copied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    const rows = node.children.map((row) => row.children.map((cell) => plain(textOf(cell)).trim()));
    if (!(await copyText(csv(rows)))) {
      toast({ text: words.common.copyFailed, kind: "error" });
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  }
  return (
    <>
      <button type="button" className="md-tool" aria-label={words.message.copyTable} title={copied ? words.common.copied : words.message.copyTable} onClick={() => void copy()}>
        {copied ? <Check size={15} aria-hidden /> : <Sheet size={15} aria-hidden />}
      </button>
      <span role="status" className="sr-only">
        {copied ? words.common.copied : ""}
      </span>
    </>
  );
}
