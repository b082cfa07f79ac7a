import type { AlignType, InlineCode, List, ListItem, Nodes, Table as TableNode, TableRow } from "mdast";
import type {} from "mdast-util-math";
import { Square, SquareCheck } from "lucide-react";
import { Fragment, type ReactNode } from "react";
import { useWords } from "@/i18n";
import { Code } from "@/md/code";
import { Back, Reference } from "@/md/footnotes";
import { Marked, unmarked } from "@/md/marks";
import { Maths } from "@/md/maths";
import { Outward, Picture } from "@/md/outward";
import { isBreak, type Reading, textOf } from "@/md/parse";
import { Shown } from "@/md/shown";
import { Table } from "@/md/table";

/** What is drawn, and where: `id` is the answer's own, `cell` tells that it is within a table, `link` within a link. */
export interface Place {
  reading: Reading;
  id: string;
  cell?: boolean;
  link?: boolean;
}

/** A part of an answer as elements of the page. There are no others than these, and no attributes but those that are written here. */
export function draw(node: Nodes, place: Place, key?: string | number): ReactNode {
  switch (node.type) {
    case "root":
      return <Fragment key={key}>{all(node.children, place)}</Fragment>;
    case "text":
      return <Marked key={key} text={node.value} quiet={place.link === true} />;
    case "paragraph":
      return (
        <p key={key} dir="auto">
          {all(node.children, place)}
        </p>
      );
    case "emphasis":
      return <em key={key}>{all(node.children, place)}</em>;
    case "strong":
      return <strong key={key}>{all(node.children, place)}</strong>;
    case "delete":
      return <del key={key}>{all(node.children, place)}</del>;
    case "break":
      return <br key={key} />;
    case "thematicBreak":
      return <hr key={key} />;
    case "blockquote":
      return (
        <blockquote key={key} dir="auto">
          {all(node.children, place)}
        </blockquote>
      );
    case "list":
      return drawList(node, place, key);
    case "table":
      return drawTable(node, place, key);
    case "heading":
      return drawHeading(node.depth, all(node.children, place), key);
    default:
      return drawRest(node, place, key);
  }
}

/** What isn't text with other text in it. */
function drawRest(node: Nodes, place: Place, key?: string | number): ReactNode {
  switch (node.type) {
    case "code":
      return <Code key={key} text={unmarked(node.value)} info={`${node.lang ?? ""} ${node.meta ?? ""}`} />;
    case "inlineCode":
      return drawInlineCode(node, key);
    case "math":
      return <Maths key={key} tex={unmarked(node.value).trim()} display />;
    case "inlineMath":
      return <Maths key={key} tex={unmarked(node.value).trim()} display={isDisplayed(node, place)} />;
    case "link":
      return (
        <Outward key={key} address={unmarked(node.url)} text={textOf(node)}>
          {all(node.children, { ...place, link: true })}
        </Outward>
      );
    case "linkReference":
      return (
        <Outward key={key} address={place.reading.definitions.get(node.identifier)?.url ?? ""} text={textOf(node)}>
          {all(node.children, { ...place, link: true })}
        </Outward>
      );
    case "image":
      return <Picture key={key} address={node.url} alt={node.alt ?? ""} />;
    case "imageReference":
      return <Picture key={key} address={place.reading.definitions.get(node.identifier)?.url ?? ""} alt={node.alt ?? ""} />;
    case "footnoteReference":
      return <Reference key={key} id={place.id} number={place.reading.named.indexOf(node.identifier) + 1} />;
    case "html":
      return drawHtml(node.value, place, key);
    default:
      return null;
  }
}

function all(nodes: readonly Nodes[], place: Place): ReactNode[] {
  return nodes.map((node, index) => draw(node, place, index));
}

/** HTML stays the text that it is; but in a cell a line can't be broken otherwise. */
function drawHtml(html: string, place: Place, key?: string | number): ReactNode {
  if (place.cell === true && isBreak(html)) return <br key={key} />;
  return (
    <span key={key} className="md-html">
      <Marked text={html} quiet />
    </span>
  );
}

function drawInlineCode(node: InlineCode, key?: string | number): ReactNode {
  return (
    <code key={key} dir="ltr">
      <Shown text={unmarked(node.value)} kind="code" />
    </code>
  );
}

/** A formula within a line that was written to stand by itself: $$…$$ or \[…\]. */
function isDisplayed(node: Nodes, place: Place): boolean {
  const begin = node.position?.start.offset ?? 0;
  return /^(?:\\\[|\$\$)/.test(place.reading.source.slice(begin, begin + 2));
}

const HEADINGS = { 1: "h3", 2: "h4", 3: "h5", 4: "h6", 5: "h6", 6: "h6" } as const;

/** Two steps lower than written: the page and the turn have headings of their own. */
function drawHeading(depth: 1 | 2 | 3 | 4 | 5 | 6, children: ReactNode, key?: string | number): ReactNode {
  const Level = HEADINGS[depth];
  return (
    <Level key={key} data-level={depth} dir="auto">
      {children}
    </Level>
  );
}

function drawList(node: List, place: Place, key?: string | number): ReactNode {
  const loose = node.spread === true || node.children.some((item) => item.spread);
  const items = node.children.map((item, index) => drawItem(item, place, loose, index));
  if (node.ordered === true) {
    return (
      <ol key={key} start={node.start ?? 1}>
        {items}
      </ol>
    );
  }
  const tasks = node.children.some((item) => typeof item.checked === "boolean");
  return (
    <ul key={key} className={tasks ? "contains-task-list" : undefined}>
      {items}
    </ul>
  );
}

function drawItem(item: ListItem, place: Place, loose: boolean, key: number): ReactNode {
  const tick = typeof item.checked === "boolean" ? <Tick checked={item.checked} /> : null;
  return (
    <li key={key} dir="auto">
      {tick}
      {item.children.map((child, index) => {
        const bare = child.type === "paragraph" && (!loose || (tick !== null && index === 0));
        return bare ? <Fragment key={index}>{all(child.children, place)}</Fragment> : draw(child, place, index);
      })}
    </li>
  );
}

/** A tick of a task list: not a control, so not an input either. */
function Tick({ checked }: { checked: boolean }) {
  const words = useWords().message;
  return (
    <span role="img" aria-label={checked ? words.taskDone : words.taskOpen} className="md-tick" data-checked={checked || undefined}>
      {checked ? <SquareCheck size={17} aria-hidden /> : <Square size={17} aria-hidden />}
    </span>
  );
}

const ALIGNED = { left: "md-left", center: "md-center", right: "md-right" };

function drawTable(node: TableNode, place: Place, key?: string | number): ReactNode {
  const [head, ...rows] = node.children;
  const align = node.align ?? [];
  const within = { ...place, cell: true };
  return (
    <Table key={key} node={node}>
      <thead>{head !== undefined && drawRow(head, align, within, "th", 0)}</thead>
      <tbody>{rows.map((row, index) => drawRow(row, align, within, "td", index))}</tbody>
    </Table>
  );
}

function drawRow(row: TableRow, align: readonly AlignType[], place: Place, Cell: "th" | "td", key: number): ReactNode {
  return (
    <tr key={key}>
      {row.children.map((cell, index) => (
        <Cell key={index} dir="auto" className={ALIGNED[align[index] ?? "left"]} {...(Cell === "th" && { scope: "col" })}>
          {all(cell.children, place)}
        </Cell>
      ))}
    </tr>
  );
}

/** The footnotes of an answer, below it. */
export function Footnotes({ place }: { place: Place }) {
  const words = useWords().message;
  const { footnotes, named } = place.reading;
  const shown = named.flatMap((label) => footnotes.get(label) ?? []);
  if (shown.length === 0) return null;
  return (
    <section className="footnotes">
      <h6 className="sr-only">{words.footnotes}</h6>
      <ol>
        {shown.map((note, index) => (
          <li key={note.identifier} id={`${place.id}-note-${index + 1}`} tabIndex={-1} dir="auto">
            {note.children.map((child, at) => (child.type === "paragraph" ? <Fragment key={at}>{all(child.children, place)} </Fragment> : draw(child, place, at)))}
            <Back id={place.id} number={index + 1} />
          </li>
        ))}
      </ol>
    </section>
  );
}
