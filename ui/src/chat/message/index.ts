export { isUnderWay, markdownOf } from "@/chat/message/answer";
export { cause } from "@/chat/message/ending";
export { duration } from "@/chat/message/reasoning";
export { TurnView, type TurnProps } from "@/chat/message/turn";
import "@/chat/message/turn.css";
