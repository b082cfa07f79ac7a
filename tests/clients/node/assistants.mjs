// A program as people wrote it for OpenAI's SDK for Node and its Assistants API; run beside a server.
import OpenAI from "openai";

const sdk = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: "sk-anything", maxRetries: 0 });
const { assistants, threads } = sdk.beta;
const weather = {
  type: "function",
  function: { name: "weather", parameters: { type: "object", properties: { city: { type: "string" } } } },
};
const newest = async (thread) => (await threads.messages.list(thread)).data[0].content[0].text.value;

const echo = await assistants.create({ model: "mock-echo", name: "Eco" });
const thread = await threads.create();
await threads.messages.create(thread.id, { role: "user", content: "Olá, mundo" });
const run = await threads.runs.createAndPoll(thread.id, { assistant_id: echo.id }, { pollIntervalMs: 50 });
console.log(run.status, await newest(thread.id), run.usage.total_tokens > 0);

await threads.messages.create(thread.id, { role: "user", content: "De novo" });
let text = "";
const seen = [];
const stream = threads.runs
  .stream(thread.id, { assistant_id: echo.id })
  .on("textCreated", () => seen.push("text"))
  .on("textDelta", (delta) => (text += delta.value))
  .on("messageDone", (message) => seen.push(message.status));
const final = await stream.finalRun();
console.log(text, seen.join(), final.status, (await stream.finalMessages()).length);

const caller = await assistants.create({ model: "mock-tools", tools: [weather] });
const asked = { messages: [{ role: "user", content: "Como está o tempo?" }] };
const waiting = await threads.createAndRunPoll({ assistant_id: caller.id, thread: asked }, { pollIntervalMs: 50 });
const outputs = waiting.required_action.submit_tool_outputs.tool_calls.map((call) => ({ tool_call_id: call.id, output: "sol" }));
const events = [];
const more = threads.runs.submitToolOutputsStream(waiting.id, { thread_id: waiting.thread_id, tool_outputs: outputs });
for await (const event of more) if (!event.event.endsWith(".delta")) events.push(event.event);
console.log(waiting.status, events[0], events.at(-1), (await newest(waiting.thread_id)).includes("sol"));

const kinds = [];
for await (const step of threads.runs.steps.list(waiting.id, { thread_id: waiting.thread_id, order: "asc" })) kinds.push(step.type);
console.log(kinds.join());

console.log((await threads.delete(thread.id)).deleted, (await assistants.delete(echo.id)).deleted);
try {
  await threads.retrieve(thread.id);
} catch (error) {
  console.log(error.status, error.code);
}
