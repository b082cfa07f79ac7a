"""A script file: rules that decide what the mock answers to which request."""

import fnmatch
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from prosa.gateway.providers.mock.errors import WrongDirection, WrongScript
from prosa.gateway.providers.mock.vocabulary import check

Number = Annotated[int, Meta(ge=1)]


class Match(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """When a rule applies: all that is given must be true. `call` counts the requests that the rest of it is true for."""

    model: str | None = None  # may hold * and ?
    contains: str | None = None  # in the prompt, upper and lower case alike
    regex: str | None = None  # found in the prompt
    endpoint: Literal["chat", "embeddings"] | None = None
    stream: bool | None = None
    call: Number | list[Number] | None = None

    def fits(self, model: str, prompt: str, endpoint: str, stream: bool) -> bool:
        """Whether everything but `call` is true."""
        return (
            (self.model is None or fnmatch.fnmatchcase(model, self.model))
            and (self.endpoint is None or self.endpoint == endpoint)
            and (self.stream is None or self.stream == stream)
            and (self.contains is None or self.contains.casefold() in prompt.casefold())
            and (self.regex is None or re.search(self.regex, prompt) is not None)
        )

    def counts(self, call: int) -> bool:
        """Whether the rule is for this call, the first being 1."""
        return self.call is None or (call in self.call if isinstance(self.call, list) else call == self.call)


class Rule(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is answered when."""

    answer: dict[str, object]
    match: Match = Match()


class _Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    models: dict[str, str] = {}
    defaults: dict[str, object] = {}
    rules: list[Rule] = []


@dataclass(frozen=True, slots=True)
class Script:
    """A checked script: names to list beside the mock's own, words for every answer, rules in order."""

    models: dict[str, str]
    defaults: dict[str, object]
    rules: tuple[Rule, ...]

    @classmethod
    def load(cls, path: str | Path) -> "Script":
        """Read a `.json` file, or any other as TOML. Raises WrongScript, with the place of the fault."""
        try:
            text = Path(path).read_text(encoding="utf-8")
        except FileNotFoundError:
            raise WrongScript("The mock script can't be read: there is no such file.") from None
        except (OSError, UnicodeDecodeError) as error:
            raise WrongScript(f"The mock script can't be read: {type(error).__name__}.") from None
        return cls.parse(text, "json" if str(path).endswith(".json") else "toml")

    @classmethod
    def parse(cls, text: str, form: Literal["toml", "json"] = "toml") -> "Script":
        """Read a script from its text. Raises WrongScript."""
        try:
            read: object = tomllib.loads(text) if form == "toml" else msgspec.json.decode(text)
            document = msgspec.convert(read, _Document)
        except (tomllib.TOMLDecodeError, msgspec.MsgspecError, RecursionError) as error:
            raise WrongScript(f"The mock script is wrong: {error}.") from None
        _check_rules(document)
        return cls(document.models, document.defaults, tuple(document.rules))


def _check_rules(document: _Document) -> None:
    try:
        check(document.defaults, "defaults")
        for number, rule in enumerate(document.rules, 1):
            check(rule.answer, f"rule {number}")
            re.compile(rule.match.regex or "")
    except WrongDirection as error:
        raise WrongScript(f"The mock script is wrong: {error.message}") from None
    except re.error as error:
        raise WrongScript(f"The mock script is wrong: rule {number}: the regex can't be read: {error}.") from None
