import { Badge } from "@/ui";

export function TagList({ tags }: { tags: readonly string[] }) {
  return tags.map((tag) => <Badge key={tag}>{tag}</Badge>);
}
