import type { Html, Nodes, Parents, PhrasingContent, Root, Text } from "mdast";
import type { VFile } from "vfile";
import { pieces } from "@/md/visible";

function walk(node: Nodes, parents: Parents[], visit: (node: Nodes, parents: Parents[]) => void): void {
  visit(node, parents);
  if (!("children" in node)) return;
  for (const child of node.children.slice()) walk(child, [...parents, node], visit);
}

function replace(parent: Parents, node: Nodes, others: Nodes[]): void {
  const children = parent.children as Nodes[];
  children.splice(children.indexOf(node), 1, ...others);
}

/** A line break in a cell can't be written otherwise: <br> becomes one there. All other HTML stays the text that it is. */
function asText(node: Html, parents: Parents[]): void {
  const parent = parents.at(-1);
  if (parent === undefined) return;
  if (/^<br\s*\/?>$/i.test(node.value) && parents.some((each) => each.type === "tableCell")) replace(parent, node, [{ type: "break" }]);
  else if (BLOCKS.has(parent.type)) replace(parent, node, [{ type: "paragraph", children: shown(node.value), data: { hProperties: { className: ["md-html"] } } }]);
  else replace(parent, node, shown(node.value));
}

/** Where HTML is a block of its own. */
const BLOCKS = new Set(["root", "blockquote", "listItem", "footnoteDefinition"]);

/** The text, with what can't be seen shown by name. */
function shown(value: string): PhrasingContent[] {
  return pieces(value).map((piece) => {
    const text: Text = { type: "text", value: typeof piece === "string" ? piece : piece.hidden };
    return typeof piece === "string" ? text : { type: "emphasis", children: [text], data: { hName: "span", hProperties: { className: ["md-hidden"] } } };
  });
}

function show(node: Text, parents: Parents[]): void {
  const parent = parents.at(-1);
  const parts = shown(node.value);
  const first = parts[0];
  if (parent === undefined || (parts.length === 1 && first?.type === "text" && first.value === node.value)) return;
  replace(parent, node, parts);
}

const DISPLAYED = /^(?:\\\[|\$\$)/;

/** What people can't see, breaks in tables, and which formulas stand on lines of their own. */
export function remarkProsa() {
  return (tree: Root, file: VFile): void => {
    const source = String(file);
    walk(tree, [], (node, parents) => {
      if (node.type === "html") asText(node, parents);
      else if (node.type === "text") show(node, parents);
      else if (node.type === "inlineMath" && DISPLAYED.test(source.slice(node.position?.start.offset, (node.position?.start.offset ?? 0) + 2))) {
        node.data = { ...node.data, hProperties: { className: ["language-math", "math-display"] } };
      }
    });
  };
}
