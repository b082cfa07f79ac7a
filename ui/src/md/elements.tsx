import type { Element } from "hast";
import { ImageOff, Square, SquareCheck } from "lucide-react";
import type { MouseEvent, ReactNode } from "react";
import type { Components, ExtraProps } from "react-markdown";
import { useWords } from "@/i18n";
import { Code } from "@/md/code";
import { destination, safeAddress, saysWhere } from "@/md/links";
import { Maths } from "@/md/maths";
import { Shown } from "@/md/shown";
import { Table, textOf } from "@/md/table";
import { plain } from "@/md/visible";

/** Where a link may lead: http, https, mailto, or to another place of the same answer (footnotes). */
export function address(url: string, _key: string, node: Readonly<Element>): string {
  const within = node.properties["dataFootnoteRef"] !== undefined || node.properties["dataFootnoteBackref"] !== undefined;
  return within && url.startsWith("#") ? url : (safeAddress(url) ?? "");
}

interface LinkProps extends ExtraProps {
  href?: string | undefined;
  id?: string | undefined;
  children?: ReactNode;
  "aria-label"?: string | undefined;
  "aria-describedby"?: string | undefined;
}

function Link({ node, href, children, id, ...rest }: LinkProps) {
  if (!href) return <>{children}</>;
  if (href.startsWith("#")) {
    return (
      <a id={id} href={href} className="md-footnote" aria-label={rest["aria-label"]} onClick={(event) => goWithin(event, href)}>
        {children}
      </a>
    );
  }
  return (
    <Outward href={href} text={node === undefined ? "" : textOf(node)}>
      {children}
    </Outward>
  );
}

/** A link out of the answer: it says where it leads, and tells nothing of where it comes from. */
export function Outward({ href, text, children }: { href: string; text: string; children: ReactNode }) {
  const words = useWords().message;
  const where = plain(destination(href));
  return (
    <a href={href} title={plain(href)} target="_blank" rel="noopener noreferrer nofollow">
      {children}
      {!saysWhere(text, href) && <span className="md-where"> {where}</span>}
      <span className="sr-only"> {words.newTab}</span>
    </a>
  );
}

/** To a footnote and back, without the page's address changing. */
function goWithin(event: MouseEvent, href: string): void {
  event.preventDefault();
  const aim = document.getElementById(decodeURIComponent(href.slice(1)));
  if (aim === null) return;
  aim.scrollIntoView({ block: "center" });
  const focused = aim.matches("a") ? aim : aim.querySelector("a");
  (focused ?? aim).focus({ preventScroll: true });
}

/** Pictures are never loaded from where an answer says: that alone would tell somebody that it was read, and what is in the address. */
function Picture({ src, alt }: { src?: unknown; alt?: string | undefined }) {
  const words = useWords().message;
  const href = typeof src === "string" ? safeAddress(src) : null;
  const text = plain(alt ?? "").trim();
  const label = (
    <>
      <ImageOff size={15} aria-hidden className="md-inline-icon" />
      {text === "" ? words.picture : text}
    </>
  );
  return (
    <span className="md-picture">
      {href === null ? label : (
        <Outward href={href} text="">
          {label}
        </Outward>
      )}
    </span>
  );
}

/** A tick of a task list: not a control, so not an input either. */
function Tick({ checked }: { checked?: boolean | undefined }) {
  const words = useWords().message;
  return (
    <span role="img" aria-label={checked ? words.taskDone : words.taskOpen} className="md-tick" data-checked={checked || undefined}>
      {checked ? <SquareCheck size={17} aria-hidden /> : <Square size={17} aria-hidden />}
    </span>
  );
}

function classNames(node: Element | undefined): string[] {
  const names = node?.properties["className"];
  return Array.isArray(names) ? names.map(String) : [];
}

function Preformatted({ node }: ExtraProps) {
  const code = node?.children[0];
  if (code?.type !== "element") return null;
  const text = textOf(code).replace(/\n$/, "");
  const names = classNames(code);
  if (names.includes("math-display")) return <Maths tex={text.trim()} display />;
  return <Code text={text} info={names.find((name) => name.startsWith("language-"))?.slice("language-".length) ?? ""} />;
}

function Inline({ node }: ExtraProps) {
  const text = node === undefined ? "" : textOf(node);
  const names = classNames(node);
  if (names.includes("language-math")) return <Maths tex={text.trim()} display={names.includes("math-display")} />;
  return (
    <code dir="ltr">
      <Shown text={text} kind="code" />
    </code>
  );
}

/** How each element of an answer is drawn; headings two steps lower, for the page and the turn have their own. */
export const elements: Components = {
  a: Link,
  img: Picture,
  input: Tick,
  pre: Preformatted,
  code: Inline,
  table: ({ node, children }) => <Table node={node}>{children}</Table>,
  h1: ({ children }) => <h3 data-level={1} dir="auto">{children}</h3>,
  h2: ({ children, id, className }) => <h4 id={id} className={className} data-level={2} dir="auto">{children}</h4>,
  h3: ({ children }) => <h5 data-level={3} dir="auto">{children}</h5>,
  h4: ({ children }) => <h6 data-level={4} dir="auto">{children}</h6>,
  h5: ({ children }) => <h6 data-level={5} dir="auto">{children}</h6>,
  h6: ({ children }) => <h6 data-level={6} dir="auto">{children}</h6>,
  p: ({ children, className }) => <p dir="auto" className={className}>{children}</p>,
  blockquote: ({ children }) => <blockquote dir="auto">{children}</blockquote>,
  li: ({ children, className, id }) => <li dir="auto" id={id} className={className}>{children}</li>,
  td: ({ children, style }) => <td dir="auto" style={style}>{children}</td>,
  th: ({ children, style }) => <th dir="auto" style={style} scope="col">{children}</th>,
};
