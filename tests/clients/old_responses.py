"""A program as it was written for the Responses of the OpenAI SDK 1.x; run beside a server, with that SDK on its path."""

import os

import openai

sdk = openai.OpenAI(base_url=os.environ["BASE_URL"], api_key="sk-anything", max_retries=0)
made = sdk.responses.create(model="mock-echo", input="Olá, mundo")
print(made.output_text)
text = ""
for event in sdk.responses.create(model="mock-echo", input="Olá", stream=True):
    if event.type == "response.output_text.delta":
        text += event.delta
print(text)
print(next(iter(sdk.responses.retrieve(made.id, stream=True, starting_after=2))).sequence_number)
with sdk.responses.stream(model="mock-echo", input="Olá") as stream:
    print(stream.get_final_response().output_text)
sdk.responses.delete(made.id)
