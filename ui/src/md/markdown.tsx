interface MarkdownProps {
  text: string;
  /** Something may still be added. */
  open?: boolean;
}

export function Markdown({ text }: MarkdownProps) {
  return <div className="whitespace-pre-wrap">{text}</div>;
}
