import "@/md/md.css";
import { Component, memo, type ReactNode, useDeferredValue, useId, useState } from "react";
import { type Block, Splitter } from "@/md/blocks";
import { Code } from "@/md/code";
import { draw, Footnotes } from "@/md/draw";
import { Marked, unmarked } from "@/md/marks";
import { Maths } from "@/md/maths";
import { parse } from "@/md/parse";

interface MarkdownProps {
  text: string;
  /** Something may still be added. */
  open?: boolean;
  /** It is what is looked at: drawn at once, not when the page has time for it. */
  now?: boolean;
}

/** Markdown as an answer's text: no HTML, nothing loaded from elsewhere, links that say where they lead. */
export const Markdown = memo(function Markdown({ text, open = false, now = false }: MarkdownProps) {
  const [splitter] = useState(() => new Splitter());
  const id = useId().replaceAll(/[^\w-]/g, "");
  // Fifty answers that come at once are read in small steps; until then each shows its text as it is written.
  const [waits] = useState(!open && !now);
  const read = useDeferredValue(waits ? text : "", "");
  const shown = open || !waits ? text : read;
  if (shown === "" && text !== "") {
    return (
      <div className="md">
        <AsWritten text={text} />
      </div>
    );
  }
  const blocks = splitter.split(shown, open);
  return (
    <div className="md" data-open={open || undefined}>
      {blocks.map((block, index) => (
        <Drawn key={index} block={block} open={open && index === blocks.length - 1} id={id} />
      ))}
    </div>
  );
});

/** Blocks come anew from each reading; equal ones are not drawn again. */
const Drawn = memo(DrawnBlock, (a, b) => a.open === b.open && a.id === b.id && same(a.block, b.block));

function same(a: Block, b: Block): boolean {
  if (a.kind === "maths") return b.kind === "maths" && a.tex === b.tex;
  if (a.kind === "code") return b.kind === "code" && a.text === b.text && a.language === b.language;
  if (a.kind === "plain") return b.kind === "plain" && a.text === b.text;
  return b.kind === "markdown" && a.text === b.text && a.definitions === b.definitions;
}

function DrawnBlock({ block, open, id }: { block: Block; open: boolean; id: string }) {
  if (block.kind === "code") return <Code text={unmarked(block.text)} info={unmarked(block.language)} open={open} />;
  if (block.kind === "maths") return <Maths tex={unmarked(block.tex)} display />;
  if (block.kind === "plain") return <AsWritten text={block.text} />;
  return (
    <Unbroken text={block.text}>
      <Prose text={block.definitions === "" ? block.text : `${block.text}\n\n${block.definitions}`} id={id} />
    </Unbroken>
  );
}

function Prose({ text, id }: { text: string; id: string }) {
  const place = { reading: parse(text), id };
  return (
    <>
      {draw(place.reading.tree, place)}
      <Footnotes place={place} />
    </>
  );
}

function AsWritten({ text }: { text: string }) {
  return (
    <p dir="auto" className="md-html">
      <Marked text={text} quiet={false} />
    </p>
  );
}

interface Guarded {
  text: string;
  children: ReactNode;
}

interface Failing {
  text: string;
  failed: boolean;
}

/** A block that can't be drawn (nested a thousand deep) is shown as it is written, and takes nothing else with it. */
class Unbroken extends Component<Guarded, Failing> {
  override state: Failing = { text: "", failed: false };

  static getDerivedStateFromError(): Partial<Failing> {
    return { failed: true };
  }

  /** Another text is tried anew. */
  static getDerivedStateFromProps(props: Guarded, state: Failing): Failing | null {
    return props.text === state.text ? null : { text: props.text, failed: false };
  }

  override render(): ReactNode {
    return this.state.failed ? <AsWritten text={this.props.text} /> : this.props.children;
  }
}
