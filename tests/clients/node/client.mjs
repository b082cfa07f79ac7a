// A program as people write it for OpenAI's SDK for Node; run beside a server.
import OpenAI from "openai";

const sdk = new OpenAI({ baseURL: process.env.BASE_URL, apiKey: "sk-anything", maxRetries: 0 });
const messages = [{ role: "user", content: "Olá" }];

const answer = await sdk.chat.completions.create({ model: "mock-echo", messages });
console.log(answer.choices[0].message.content);

let text = "";
for await (const chunk of await sdk.chat.completions.create({ model: "mock-echo", messages, stream: true })) {
  text += chunk.choices[0].delta.content ?? "";
}
console.log(text);

const vectors = await sdk.embeddings.create({ model: "nvidia/nv-embedqa-e5-v5", input: "um" });
console.log(vectors.data[0].embedding.length);

try {
  await sdk.chat.completions.create({ model: "no-such-model", messages });
} catch (error) {
  console.log(error.code);
}
