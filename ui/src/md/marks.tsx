import { createContext, Fragment, type ReactNode, useContext } from "react";
import { Shown } from "@/md/shown";

// A mark travels through Markdown as a number between signs that no text holds (noncharacters of Unicode), and these between
// brackets that Markdown takes for punctuation, so that bold text before or behind a mark stays bold.
const OPEN = "\uFDD0";
const CLOSE = "\uFDD1";
const MARK = /⧼\uFDD0(\d{1,4})\uFDD1⧽/;
const MARKS = new RegExp(MARK.source, "g");

/** What stands for a mark in a text that is given to `Markdown`. */
export const markSign = (number: number): string => `⧼${OPEN}${number}${CLOSE}⧽`;

/** A text that holds no mark which nobody put into it. */
export const unforged = (text: string): string => (text.includes(OPEN) || text.includes(CLOSE) ? text.replaceAll(/[\uFDD0\uFDD1]/g, "") : text);

/** The text without marks: for code, formulas, what is copied. */
export const unmarked = (text: string): string => (text.includes(OPEN) ? text.replaceAll(MARKS, "") : text);

export interface Marking {
  /** What is drawn for a mark; `quiet`: within a link, where nothing else can be pressed. */
  draw: (number: number, quiet: boolean) => ReactNode;
  /** Where a file is that a text names by an address of its own; null where it names none. */
  file: (address: string) => { href: string; name: string } | null;
}

export const MarkingContext = createContext<Marking | null>(null);

/** Text, with its marks. */
export function Marked({ text, quiet }: { text: string; quiet: boolean }) {
  if (!text.includes(OPEN)) return <Shown text={text} />;
  return <WithMarks text={text} quiet={quiet} />;
}

function WithMarks({ text, quiet }: { text: string; quiet: boolean }) {
  const marking = useContext(MarkingContext);
  // Every second piece is the number of a mark.
  const pieces = text.split(MARK);
  return pieces.map((piece, index) => {
    if (index % 2 === 0) return piece === "" ? null : <Shown key={index} text={piece} />;
    return <Fragment key={index}>{marking?.draw(Number(piece), quiet)}</Fragment>;
  });
}
