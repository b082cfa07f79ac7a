"""A program as it was written for the OpenAI SDK 1.x; run beside a server, with that SDK on its path."""

import os

import openai
from openai.types.chat import ChatCompletionMessageParam

sdk = openai.OpenAI(base_url=os.environ["BASE_URL"], api_key="sk-anything")
MESSAGES: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Olá"}]
print(openai.__version__)
print(sdk.chat.completions.create(model="mock-echo", messages=MESSAGES).choices[0].message.content)
stream = sdk.chat.completions.create(model="mock-echo", messages=MESSAGES, stream=True)
print("".join(chunk.choices[0].delta.content or "" for chunk in stream))
print(len(sdk.embeddings.create(model="mock-embedding", input="um").data[0].embedding))
