// A program as people write it for OpenAI's SDK for Node and its Responses; run beside a server.
import OpenAI from "openai";

const sdk = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: "sk-anything", maxRetries: 0 });

const made = await sdk.responses.create({ model: "mock-echo", input: "Olá, mundo" });
console.log(made.output_text);

let text = "";
let last = -1;
for await (const event of await sdk.responses.create({ model: "mock-echo", input: "Olá, mundo", stream: true })) {
  last = event.sequence_number;
  if (event.type === "response.output_text.delta") text += event.delta;
}
console.log(text);

const numbers = [];
for await (const event of await sdk.responses.retrieve(made.id, { stream: true, starting_after: 2 })) {
  numbers.push(event.sequence_number);
}
console.log(numbers[0], numbers[numbers.length - 1] === last);

const helper = sdk.responses.stream({ model: "mock-echo", input: "Olá, mundo" });
console.log((await helper.finalResponse()).output_text);

const items = [];
for await (const item of sdk.responses.inputItems.list(made.id)) items.push(item.type);
console.log(items.join());

await sdk.responses.delete(made.id);
try {
  await sdk.responses.retrieve(made.id);
} catch (error) {
  console.log(error.status, error.code);
}
