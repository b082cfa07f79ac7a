"""A program as it was written for the OpenAI SDK 1.x; run beside a server, with that SDK on its path."""

import os

import openai

sdk = openai.OpenAI(base_url=os.environ["BASE_URL"], api_key="sk-anything")
MESSAGES = [{"role": "user", "content": "Olá"}]
print(openai.__version__)
print(sdk.chat.completions.create(model="mock-echo", messages=MESSAGES).choices[0].message.content)  # type: ignore[arg-type]  # as people write it
stream = sdk.chat.completions.create(model="mock-echo", messages=MESSAGES, stream=True)  # type: ignore[call-overload]  # likewise
print("".join(chunk.choices[0].delta.content or "" for chunk in stream))
print(len(sdk.embeddings.create(model="mock-embedding", input="um").data[0].embedding))
