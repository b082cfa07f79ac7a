"""The rules of the house for the app's own sources.

Reasons: text that becomes markup or code is how a page is taken over, and the policy would only stop it at the reader's; a
foreign address tells somebody else who reads what; a word that stands outside of the dictionaries is shown in one language.
"""

import re
from collections.abc import Iterator
from typing import Final

from checks.repository import Finding, Repository

SOURCES: Final = "ui/src/"
MOST_LINES: Final = 300
GENERATED: Final = "ui/src/api/schema.d.ts"
TEST: Final = re.compile(r"\.test\.tsx?$")

SINKS: Final = {
    "dangerouslySetInnerHTML": r"\bdangerouslySetInnerHTML\b",
    "innerHTML": r"\.\s*innerHTML\b",
    "outerHTML": r"\.\s*outerHTML\b",
    "insertAdjacentHTML": r"\binsertAdjacentHTML\b",
    "document.write": r"\bdocument\s*\.\s*write(?:ln)?\b",
    "eval": r"\beval\s*\(",
    "Function": r"\bnew\s+Function\b|(?<![\w.])Function\s*\(",
    "createContextualFragment": r"\bcreateContextualFragment\b",
    "DOMParser": r"\bDOMParser\b",
    "srcdoc": r"\bsrcDoc\b|\bsrcdoc\b",
    "an inline <style> or <script>": r"<(?:style|script)[\s>]",
    "style as text": r"\bstyle=\"|\.cssText\b|setAttribute\(\s*[\"']style[\"']",
    "export default": r"\bexport\s+default\b",
    "any": r"(?::|\bas|<|\|)\s*any\b(?!\w)",
    "a service worker": r"\bserviceWorker\b",
}
# What the app does without a wrapper fails on http:// addresses of a local network (app/browser.ts has each with its fallback).
SECURE_ONLY: Final = re.compile(r"\bcrypto\s*\.\s*randomUUID\b|\bnavigator\s*\.\s*(?:clipboard|locks)\b")
WRAPPERS: Final = "ui/src/app/browser.ts"
REMOTE: Final = re.compile(r"(?:https?:)?//(?!www\.w3\.org/)[a-z0-9][a-z0-9.-]*\.[a-z]{2,}", re.IGNORECASE)
EXAMPLES: Final = re.compile(r"(?:https?:)?//(?:[\w-]+\.)*example(?:\.(?:com|org|net))?(?![\w.-])", re.IGNORECASE)
COMMENT: Final = re.compile(r"^\s*(?://|\*|/\*).*$|\s//\s.*$")
SILENCED: Final = re.compile(r"@ts-(?:ignore|nocheck|expect-error)|(?:eslint|oxlint)-disable(?!-next-line [\w/, -]+ -- \w)")
SAID: Final = re.compile(r"(?<=[\w\"'}])>\s*([A-Za-zÀ-ÿ][^<>{}=;()]*?)\s*</")
LABELLED: Final = re.compile(r"\b(?:aria-label|title|placeholder|alt|label)=\"([^\"]*[A-Za-zÀ-ÿ]{2}[^\"]*)\"")
NAMES: Final = frozenset({"prosa", "CSV", "JSON", "Markdown", "PDF", "DOCX"})  # said alike in both languages


def find(repository: Repository) -> Iterator[Finding]:
    """Breaches in `ui/src` and `ui/index.html`."""
    for path in repository.files:
        if path == GENERATED or not path.endswith((".ts", ".tsx", ".css", ".html")):
            continue
        if path.startswith(SOURCES) or path == "ui/index.html":
            yield from _file(path, repository.read(path).splitlines())
    yield from _dictionaries(repository)


def _file(path: str, lines: list[str]) -> Iterator[Finding]:
    test = TEST.search(path) is not None
    if len(lines) > MOST_LINES and path.endswith((".ts", ".tsx")) and not test:
        yield Finding(path, len(lines), f"has {len(lines)} lines, of at most {MOST_LINES}")
    for number, line in enumerate(lines, 1):
        if SILENCED.search(line):
            yield Finding(path, number, "silences a check: mend what it found, or oxlint-disable-next-line RULE -- REASON")
        for name, message in _line(path, COMMENT.sub("", line), test):
            yield Finding(path, number, f"{name}: {message}")


def _line(path: str, line: str, test: bool) -> Iterator[tuple[str, str]]:
    if path.endswith((".ts", ".tsx")) and not test:
        for name, pattern in SINKS.items():
            if re.search(pattern, line):
                yield name, "not in the app's sources"
        if path != WRAPPERS and SECURE_ONLY.search(line):
            yield "not there on http:// addresses", "use the wrappers of app/browser.ts"
    if not test and REMOTE.search(EXAMPLES.sub("", line)):
        yield "a foreign address", "nothing is loaded from elsewhere, and no address stands in the sources"
    if path.endswith(".tsx") and not test:
        for text in (*SAID.findall(line), *LABELLED.findall(line)):
            if text.strip() not in NAMES:
                yield repr(text.strip()), "words stand in the dictionaries (i18n/pt-BR, i18n/en)"


def _dictionaries(repository: Repository) -> Iterator[Finding]:
    """Sections that one language lacks, and sentences that are the same in both: the types see that no word is missing."""
    sections = {
        language: {path.removeprefix(f"ui/src/i18n/{language}/"): path for path in repository.files if _of(language, path)}
        for language in ("pt-BR", "en")
    }
    for name in sorted(sections["pt-BR"].keys() ^ sections["en"].keys()):
        yield Finding("ui/src/i18n", 1, f"{name} stands in one language only")
    for name in sorted(sections["pt-BR"].keys() & sections["en"].keys()):
        english = set(_sentences(repository.read(sections["en"][name])))
        for text in _sentences(repository.read(sections["pt-BR"][name])):
            if text in english:
                yield Finding(sections["pt-BR"][name], 1, f"{text!r} is the same in both languages")


def _of(language: str, path: str) -> bool:
    return path.startswith(f"ui/src/i18n/{language}/")


def _sentences(text: str) -> list[str]:
    """Texts of three words and more, but for keys."""
    return [
        found for found in re.findall(r"\"((?:[^\"\\\n]|\\.)*)\"(?!\s*:)", text) if len(re.findall(r"[^\W\d_]{2,}", found)) >= 3
    ]
