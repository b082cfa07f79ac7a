export { TurnView } from "@/chat/message/turn";
