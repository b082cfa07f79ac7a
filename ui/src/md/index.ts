export { Code, CopyButton } from "@/md/code";
export { Markdown } from "@/md/markdown";
export { Shown } from "@/md/shown";
export { plain } from "@/md/visible";
