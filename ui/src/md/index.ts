export { Markdown } from "@/md/markdown";
