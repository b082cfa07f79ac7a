"""The words of the pages, in English and Brazilian Portuguese."""

from dataclasses import dataclass

from prosa.web.language import Language


@dataclass(frozen=True, slots=True)
class Texts:
    """One language's words. They are HTML already: nothing in them comes from outside."""

    language: Language
    title: str
    tagline: str
    running: str
    unbuilt: str
    default_model: str
    no_model: str
    chat_now: str
    by_curl: str
    by_sdk: str
    hint: str
    hint_key: str
    go: str
    docs: str
    redoc: str
    health: str
    models: str
    document: str
    guides: str
    missing_title: str
    missing: str
    home: str


ENGLISH = Texts(
    language="en",
    title="prosa: your own door to language models",
    tagline="One server between people and language models. Programs made for OpenAI's API work with it unchanged.",
    running="It is running",
    unbuilt=(
        "The web app isn't built here. <code>make ui</code> builds it, and <code>make run</code> does so by itself; then reload "
        "this page. Programs can use the API all the same."
    ),
    default_model="Default model",
    no_model="none yet: set a provider's key",
    chat_now="Chat now",
    by_curl="In a terminal",
    by_sdk="With the OpenAI SDK for Python",
    hint="On this machine no key is needed as long as no key and no account exists.",
    hint_key="This server asks for a key: put yours in <code>PROSA_KEY</code>.",
    go="Where to go",
    docs="Try the API in the browser",
    redoc="Read the API reference",
    health="Health, for monitors",
    models="Models that can be called",
    document="OpenAPI document, for tools",
    guides="Settings, providers, errors and operating are explained in the folder <code>docs/guides</code> of the project.",
    missing_title="Not here",
    missing="There is no page at this address.",
    home="To the start page",
)

PORTUGUESE = Texts(
    language="pt-BR",
    title="prosa: a sua própria porta para modelos de linguagem",
    tagline="Um servidor entre pessoas e modelos de linguagem. Programas feitos para a API da OpenAI funcionam sem mudança.",
    running="Está no ar",
    unbuilt=(
        "O aplicativo web ainda não foi montado aqui. <code>make ui</code> monta, e <code>make run</code> faz isso sozinho; "
        "depois recarregue esta página. Programas já podem usar a API."
    ),
    default_model="Modelo padrão",
    no_model="nenhum ainda: configure a chave de um provedor",
    chat_now="Converse agora",
    by_curl="No terminal",
    by_sdk="Com o SDK da OpenAI para Python",
    hint="Nesta máquina nenhuma chave é necessária enquanto não existir nenhuma chave nem conta.",
    hint_key="Este servidor pede uma chave: coloque a sua em <code>PROSA_KEY</code>.",
    go="Para onde ir",
    docs="Experimentar a API no navegador",
    redoc="Ler a referência da API",
    health="Saúde do servidor, para monitores",
    models="Modelos que podem ser chamados",
    document="Documento OpenAPI, para ferramentas",
    guides="Configurações, provedores, erros e operação estão explicados na pasta <code>docs/guides</code> do projeto.",
    missing_title="Não está aqui",
    missing="Não há página neste endereço.",
    home="Para a página inicial",
)


def texts(language: Language) -> Texts:
    """The words of a language."""
    return PORTUGUESE if language == "pt-BR" else ENGLISH
