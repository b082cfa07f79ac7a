export { Code, CopyButton } from "@/md/code";
export { Markdown } from "@/md/markdown";
export { type Marking, MarkingContext, markSign, unforged } from "@/md/marks";
export { Shown } from "@/md/shown";
export { plain } from "@/md/visible";
