import { Approval } from "@/chat/message/steps/approval";
import { CodeStep } from "@/chat/message/steps/code";
import { McpStep, McpTools } from "@/chat/message/steps/mcp";
import { SearchStep } from "@/chat/message/steps/search";
import { ToolStep } from "@/chat/message/steps/tool";
import type { StepPart, ToolPart } from "@/chat/types";


/** One step of an answer: a line that opens to what lies behind it, or something that asks. */
export function Step({ part }: { part: StepPart | ToolPart }) {
  switch (part.kind) {
    case "search":
      return <SearchStep part={part} />;
    case "code":
      return <CodeStep part={part} />;
    case "mcp":
      return <McpStep part={part} />;
    case "mcp-tools":
      return <McpTools part={part} />;
    case "tool":
      return <ToolStep part={part} />;
    case "approval":
      return <Approval part={part} />;
  }
}
