import type { Definition, FootnoteDefinition, Nodes, Root } from "mdast";
import { fromMarkdown } from "mdast-util-from-markdown";
import { gfmFromMarkdown } from "mdast-util-gfm";
import { mathFromMarkdown } from "mdast-util-math";
import { gfm } from "micromark-extension-gfm";
import { math } from "micromark-extension-math";
import { unmarked } from "@/md/marks";
import { formulas } from "@/md/maths-syntax";

const SYNTAX = { extensions: [gfm({ singleTilde: false }), math({ singleDollarTextMath: false }), formulas], mdastExtensions: [...gfmFromMarkdown(), mathFromMarkdown()] };

/** A block that was read, and what its parts refer to. */
export interface Reading {
  source: string;
  tree: Root;
  definitions: Map<string, Definition>;
  footnotes: Map<string, FootnoteDefinition>;
  /** The labels of footnotes in the order in which they are first named. */
  named: string[];
}

/** Reads Markdown with tables, tasks, footnotes and formulas. */
export function parse(source: string): Reading {
  const tree = fromMarkdown(source, SYNTAX);
  const reading: Reading = { source, tree, definitions: new Map(), footnotes: new Map(), named: [] };
  collect(tree, reading);
  return reading;
}

function collect(node: Nodes, reading: Reading): void {
  if (node.type === "definition" && !reading.definitions.has(node.identifier)) reading.definitions.set(node.identifier, node);
  if (node.type === "footnoteDefinition" && !reading.footnotes.has(node.identifier)) reading.footnotes.set(node.identifier, node);
  if (node.type === "footnoteReference" && !reading.named.includes(node.identifier)) reading.named.push(node.identifier);
  if ("children" in node) for (const child of node.children) collect(child, reading);
}

/** The text of a part, without its signs. */
export function textOf(node: Nodes): string {
  if (node.type === "break") return "\n";
  if (node.type === "html") return isBreak(node.value) ? "\n" : node.value;
  if ("value" in node) return unmarked(node.value);
  if ("alt" in node) return unmarked(node.alt ?? "");
  return "children" in node ? node.children.map(textOf).join("") : "";
}

/** The one piece of HTML that means something: Markdown has no other way to break a line in a cell. */
export function isBreak(html: string): boolean {
  return /^<br\s*\/?>$/i.test(html);
}
