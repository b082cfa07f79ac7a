"""What the mock says by itself, in English or Portuguese, whichever the question seems to be in."""

import re
from dataclasses import dataclass

_WORD = re.compile(r"[^\W\d_]+")
_ENGLISH_WORDS = """
the a an is are was do does did what how who where when why which you your me my i it of and to in for with hello hi hey please
tell write explain can could would this that good morning thanks give make about
"""
_PORTUGUESE_WORDS = """
o os as um uma é são foi do da dos das de que qual quais como quem onde quando por você voce vocês seu sua meu minha eu ele ela
e em no na para pra com olá ola oi bom boa dia tarde noite favor obrigado obrigada me diga escreva explique pode isso
este esta não nao sim
"""
_ENGLISH = frozenset(_ENGLISH_WORDS.split())
_PORTUGUESE = frozenset(_PORTUGUESE_WORDS.split())
_SIGNS = re.compile(r"[ãõçáéíóúâêôà]", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Phrases:
    """The sentences of one language. `{start}`, `{count}` and so on are filled in by the answers."""

    hello: str
    others: str
    no_text: str
    reasoning: str
    refusal: str
    no_tools: str
    tool_said: str
    variant: str
    slow: str
    long: str


_EN = Phrases(
    hello='You wrote: "{start}". This is the mock model, not a real one. For that, set a key such as OPENAI_API_KEY.',
    others=" I also got {count} part(s) that are not text: {list}.",
    no_text="an empty message",
    reasoning="The user writes to the mock model. Nothing has to be worked out; I answer with the words of the question.",
    refusal="I'm sorry, but I can't help with that.",
    no_tools="I am the mock model that calls tools, but the request offers none.",
    tool_said="The tool answered: {result}",
    variant=" (variant {number})",
    slow="Slowly, word by word, the mock model answers you, so that you can watch how your application waits, scrolls and stops.",
    long="This is sentence {number} of a long answer, made so that you can see how your application scrolls and wraps text. ",
)
_PT = Phrases(
    hello='Você escreveu: "{start}". Este é o modelo mock. Para falar com um de verdade, defina uma chave como OPENAI_API_KEY.',
    others=" Também recebi {count} parte(s) que não são texto: {list}.",
    no_text="uma mensagem vazia",
    reasoning="A pessoa escreve para o modelo mock. Não há nada a calcular; respondo com as palavras da pergunta.",
    refusal="Desculpe, mas não posso ajudar com isso.",
    no_tools="Sou o modelo mock que chama ferramentas, mas o pedido não oferece nenhuma.",
    tool_said="A ferramenta respondeu: {result}",
    variant=" (variante {number})",
    slow="Devagar, palavra por palavra, o modelo mock responde, para que você veja como a aplicação espera, rola e para.",
    long="Esta é a frase {number} de uma resposta longa, feita para mostrar como a sua aplicação rola, quebra e copia o texto. ",
)

MARKDOWN = """# Heading

A paragraph with **bold**, *italic*, `code` and a [link](https://example.org).

- first item
- second item
  1. nested

| name | value |
| --- | ---: |
| alpha | 1 |
| beta | 22 |

```python
def greet(name: str) -> str:
    return f"Hello, {name} <b>!</b>"
```

> A quotation, and a formula: $e^{i\\pi} + 1 = 0$
"""

UNICODE = "Olá, São João! 你好，世界。こんにちは。Привет! مرحبا بالعالم. שלום. नमस्ते। 👩‍👩‍👧‍👦 🇧🇷 e\u0301 ﷽ 𝒳 zero\u200bwidth"


CUT = "These words will not arrive in full, because the connection is cut on the way. " * 30


def guess(text: str) -> Phrases:
    """The phrases of the language that a text seems to be in; English when nothing tells."""
    words = [word.lower() for word in _WORD.findall(text[:2000])]
    english = sum(word in _ENGLISH for word in words)
    portuguese = sum(word in _PORTUGUESE for word in words) + bool(_SIGNS.search(text[:2000]))
    return _PT if portuguese > english else _EN
