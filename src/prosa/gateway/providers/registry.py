"""Every vendor that prosa knows, a row each; a new vendor of a known wire is one more row."""

from dataclasses import dataclass
from urllib.parse import urlsplit

from prosa.gateway.models import Provider
from prosa.gateway.settings import ProviderSettings
from prosa.kit.errors import BadRequest

OPENAI_CHAT = "openai_chat"


@dataclass(frozen=True, slots=True)
class ProviderRow:
    """What is public about a vendor. `key_name` and `url_name` are the settings it is configured by."""

    name: str
    title: str
    wire: str
    base_url: str
    key_name: str
    url_name: str
    docs: str
    default_model: str | None = None
    default_embedding_model: str | None = None
    families: tuple[str, ...] = ()
    needs_key: bool = True
    needs_input_type: bool = False
    stream_usage: bool = True
    continues: bool = False  # documented: it goes on with an answer whose beginning stands last in the messages
    continued_by: str = "place"  # how that is asked: "place" alone, "prefix" (the message says so), "fields" (vLLM's)
    background: bool = False  # its answers can be made in the background, and found again there


def _row(name: str, title: str, base_url: str, docs: str, **more: object) -> ProviderRow:
    upper = name.upper()
    words = {"wire": OPENAI_CHAT, "key_name": f"{upper}_API_KEY", "url_name": f"{upper}_BASE_URL"} | more
    return ProviderRow(name=name, title=title, base_url=base_url, docs=docs, **words)  # type: ignore[arg-type]  # a table's columns


_ROWS = (
    _row(
        "nvidia",
        "NVIDIA NIM",
        "https://integrate.api.nvidia.com/v1",
        "https://docs.api.nvidia.com/nim/reference/llm-apis",
        default_model="qwen/qwen3-next-80b-a3b-thinking",
        default_embedding_model="nvidia/nv-embedqa-e5-v5",
        families=("nvidia/", "meta/", "qwen/", "deepseek-ai/", "mistralai/", "google/gemma", "microsoft/"),
        needs_input_type=True,
    ),
    _row(
        "openai",
        "OpenAI",
        "https://api.openai.com/v1",
        "https://platform.openai.com/docs/api-reference",
        default_model="gpt-4o-mini",
        default_embedding_model="text-embedding-3-small",
        families=("gpt-", "o1", "o3", "o4", "chatgpt-", "text-embedding-"),
    ),
    _row(
        "openai_responses",
        "OpenAI, by its Responses API",
        "https://api.openai.com/v1",
        "https://platform.openai.com/docs/api-reference/responses",
        wire="openai_responses",
        default_model="gpt-4o-mini",
        default_embedding_model="text-embedding-3-small",
        families=("gpt-", "o1", "o3", "o4", "chatgpt-", "text-embedding-"),
        background=True,
    ),
    _row(
        "openrouter",
        "OpenRouter",
        "https://openrouter.ai/api/v1",
        "https://openrouter.ai/docs/api-reference/overview",
        default_model="google/gemini-2.5-flash",
    ),
    _row(
        "gemini",
        "Google Gemini",
        "https://generativelanguage.googleapis.com/v1beta/openai",
        "https://ai.google.dev/gemini-api/docs/openai",
        default_model="gemini-2.5-flash",
        default_embedding_model="gemini-embedding-001",
        families=("gemini-", "gemma-", "gemini-embedding"),
    ),
    _row(
        "anthropic",
        "Anthropic",
        "https://api.anthropic.com/v1",
        "https://docs.anthropic.com/en/api/messages",
        wire="anthropic_messages",
        default_model="claude-sonnet-4-5",
        continues=True,  # its newest models refuse it, which is told as the refusal that it is
        families=("claude-",),
    ),
    _row(
        "ollama",
        "Ollama",
        "http://127.0.0.1:11434",
        "https://docs.ollama.com/api",
        wire="ollama",
        needs_key=False,
    ),
    _row(
        "groq",
        "Groq",
        "https://api.groq.com/openai/v1",
        "https://console.groq.com/docs/openai",
        default_model="llama-3.3-70b-versatile",
        continues=True,
    ),
    _row(
        "mistral",
        "Mistral",
        "https://api.mistral.ai/v1",
        "https://docs.mistral.ai/api",
        default_model="mistral-small-latest",
        default_embedding_model="mistral-embed",
        families=("mistral-", "ministral-", "codestral-", "magistral-", "pixtral-"),
        stream_usage=False,  # tells usage in its last chunk unasked, and refuses the option
        continues=True,
        continued_by="prefix",
    ),
    _row(
        "deepseek",
        "DeepSeek",
        "https://api.deepseek.com/v1",
        "https://api-docs.deepseek.com",
        default_model="deepseek-chat",
        families=("deepseek-",),
    ),
    _row(
        "xai", "xAI", "https://api.x.ai/v1", "https://docs.x.ai/docs/api-reference", default_model="grok-4", families=("grok-",)
    ),
    _row(
        "together",
        "Together AI",
        "https://api.together.xyz/v1",
        "https://docs.together.ai/docs/openai-api-compatibility",
        default_model="meta-llama/Llama-3.3-70B-Instruct-Turbo",
        families=("meta-llama/",),
    ),
    _row(
        "vllm",
        "vLLM",
        "http://127.0.0.1:8000/v1",
        "https://docs.vllm.ai",
        needs_key=False,
        continues=True,
        continued_by="fields",
    ),
    _row(
        "llamacpp",
        "llama.cpp",
        "http://127.0.0.1:8080/v1",
        "https://github.com/ggml-org/llama.cpp",
        needs_key=False,
        continues=True,
    ),
    _row("lmstudio", "LM Studio", "http://127.0.0.1:1234/v1", "https://lmstudio.ai/docs", needs_key=False),
    _row("openai_compatible", "OpenAI-compatible server", "", "https://platform.openai.com/docs/api-reference", needs_key=False),
    _row(
        "mock",
        "Mock",
        "http://mock.invalid/v1",
        "docs/guides/mock.md",
        wire="mock",
        default_model="mock",
        default_embedding_model="mock-embedding",
        needs_key=False,
        continues=True,
        continued_by="prefix",
    ),
)

REGISTRY: dict[str, ProviderRow] = {row.name: row for row in _ROWS}


def key_of(settings: ProviderSettings) -> str | None:
    """A provider's key: the one door to it. A key of the settings always wins over any that is stored."""
    return settings.api_key


def configured(settings: ProviderSettings) -> Provider:
    """The row of a provider with its settings laid over. Raises BadRequest for a kind or a base URL that can't be."""
    row = REGISTRY.get(settings.kind)
    if row is None:
        raise BadRequest(f"provider {settings.name}: unknown kind {settings.kind!r}; known are {', '.join(REGISTRY)}")
    parts = urlsplit(settings.base_url or row.base_url)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise BadRequest(f"provider {settings.name}: its base URL must begin with http:// or https:// and name a host")
    return Provider(
        name=settings.name,
        wire=row.wire,
        scheme=parts.scheme,
        host=parts.hostname,
        port=parts.port or (443 if parts.scheme == "https" else 80),
        path=parts.path.rstrip("/"),
        api_key=key_of(settings),
        private=settings.private,
        default_model=settings.default_model or row.default_model or next(iter(settings.models), None),
        default_embedding_model=settings.default_embedding_model or row.default_embedding_model,
        models=settings.models,
        families=row.families,
        context_length=settings.context_length,
        needs_input_type=row.needs_input_type,
        stream_usage=row.stream_usage,
        continues=row.continues,
        continued_by=row.continued_by,
        background=row.background,
    )
