import type { Element, ElementContent, Root, RootContent } from "hast";
import { Check, Copy, TextWrap } from "lucide-react";
import { Fragment, memo, type ReactNode, useRef, useState } from "react";
import { copyText } from "@/app/browser";
import { toast } from "@/app/toast";
import { useWords } from "@/i18n";
import { useEdges } from "@/md/edges";
import { useHighlight } from "@/md/highlight";
import { labelOf } from "@/md/languages";
import { Shown } from "@/md/shown";
import { pieces, plain } from "@/md/visible";

interface CodeProps {
  text: string;
  /** What stands beside the fence. */
  info: string;
  open?: boolean;
  /** What is copied, where only the beginning is shown. */
  whole?: string;
  /** What it is, in the place of what it is written in. */
  title?: string;
  /** Long lines are broken from the beginning: all of it is to be read. */
  wrap?: boolean;
}

/** A block of code: what it is written in, its colours, and what can be done with it. */
export const Code = memo(function Code({ text, info, open = false, whole = text, wrap = false, title }: CodeProps) {
  const words = useWords().message;
  const [wrapped, setWrapped] = useState(wrap);
  const scroller = useRef<HTMLPreElement>(null);
  const edges = useEdges(scroller);
  const label = plain(labelOf(info));
  const name = title ?? (label === "" ? words.code : words.codeIn(label));
  return (
    <figure className="md-code" aria-label={name}>
      <figcaption>
        <span className="md-code-language">{title ?? (label === "" ? words.code : label)}</span>
        <button type="button" className="md-tool" aria-pressed={wrapped} aria-label={words.wrap} title={words.wrap} onClick={() => setWrapped(!wrapped)}>
          <TextWrap size={15} aria-hidden />
        </button>
        <CopyButton label={words.copyCode} text={() => whole} />
      </figcaption>
      <pre ref={scroller} dir="ltr" {...edges} data-wrapped={wrapped || undefined} aria-label={name}>
        <code>
          <Coloured text={text} info={info} open={open} />
        </code>
      </pre>
    </figure>
  );
});

function Coloured({ text, info, open }: { text: string; info: string; open: boolean }) {
  const made = useHighlight(text, info, open);
  if (made === null || made.tree === null) return <Shown text={text} kind="code" />;
  return (
    <>
      <Tree tree={made.tree} />
      {made.code.length < text.length && <Shown text={text.slice(made.code.length)} kind="code" />}
    </>
  );
}

const Tree = memo(function Tree({ tree }: { tree: Root }) {
  return <>{tree.children.map(drawn)}</>;
});

function drawn(node: RootContent | ElementContent, index: number): ReactNode {
  if (node.type === "text") return pieces(node.value, "code").length === 1 ? node.value : <Shown key={index} text={node.value} kind="code" />;
  if (node.type !== "element") return null;
  return (
    <span key={index} className={classesOf(node)}>
      {node.children.map(drawn)}
    </span>
  );
}

function classesOf(node: Element): string {
  const names = node.properties["className"];
  return Array.isArray(names) ? names.join(" ") : "";
}

/** Copies a text and says that it has. */
export function CopyButton({ label, text, className = "md-tool" }: { label: string; text: () => string; className?: string }) {
  const words = useWords().common;
  const [copied, setCopied] = useState(false);
  async function copy(): Promise<void> {
    if (!(await copyText(text()))) {
      toast({ text: words.copyFailed, kind: "error" });
      return;
    }
    setCopied(true);
    setTimeout(() => setCopied(false), 2_000);
  }
  return (
    <Fragment>
      <button type="button" className={className} aria-label={label} title={copied ? words.copied : label} onClick={() => void copy()}>
        {copied ? <Check size={15} aria-hidden /> : <Copy size={15} aria-hidden />}
      </button>
      <span role="status" className="sr-only">
        {copied ? words.copied : ""}
      </span>
    </Fragment>
  );
}
