"""Each rule about the web app's sources finds its breach and leaves good sources alone."""

import gzip
import json
import os
from pathlib import Path
from typing import Any

import pytest

from checks.repository import Repository
from checks.ui import addresses, house, lock, sizes
from tests.checks.sample import findings, project

HASH = "sha512-" + "a" * 86 + "=="


def locked(**more: Any) -> dict[str, str]:
    """A lock of one dependency, with `more` entries."""
    package = {"dependencies": {"react": "19.3.1"}, "devDependencies": {}}
    entries = {"": package, "node_modules/react": {"version": "19.3.1", "integrity": HASH}, **more}
    return {"ui/package.json": json.dumps(package), "ui/package-lock.json": json.dumps({"packages": entries})}


def test_a_whole_lock_is_left_alone(tmp_path: Path) -> None:
    nested = {
        "node_modules/vite": {
            "version": "8.3.8",
            "integrity": HASH,
            "dependencies": {"esbuild": "1"},
            "optionalDependencies": {"fsevents": "2"},
            "peerDependencies": {"react": "19", "less": "4"},
            "peerDependenciesMeta": {"less": {"optional": True}},
        },
        "node_modules/vite/node_modules/esbuild": {"version": "1.0.0", "inBundle": True, "dependencies": {"fsevents": "2"}},
        "node_modules/fsevents": {"version": "2.0.0", "integrity": HASH, "optional": True},
    }
    assert findings(lock.find, tmp_path, locked(**nested)) == []
    assert findings(lock.find, tmp_path / "elsewhere", {"README.md": ""}) == []


@pytest.mark.parametrize(
    ("more", "told"),
    [
        (
            {"node_modules/a": {"integrity": HASH, "optionalDependencies": {"a-win32": "1"}}},
            "names a-win32, of which there is no",
        ),
        (
            {
                "node_modules/a": {"integrity": HASH, "dependencies": {"b": "1"}},
                "node_modules/c/node_modules/b": {"integrity": HASH},
            },
            "b",
        ),
        ({"node_modules/a": {"integrity": HASH, "resolved": "https" + "://npm.example/a.tgz"}}, "names where it came from"),
        ({"node_modules/a": {"version": "1.0.0"}}, "has no sha512"),
        ({"": {"dependencies": {"react": "19.3.0"}, "devDependencies": {}}}, "aren't those of package.json"),
    ],
)
def test_a_lock_that_would_fail_or_names_a_host_is_found(tmp_path: Path, more: dict[str, Any], told: str) -> None:
    found = findings(lock.find, tmp_path, locked(**more))
    assert len(found) == 1 and told in found[0]


def test_a_range_instead_of_a_version_and_a_lock_that_is_missing_are_found(tmp_path: Path) -> None:
    files = {"ui/package.json": json.dumps({"dependencies": {"react": "^19.3.1", "tsgo": "npm:typescript@7.0.2"}})}
    assert findings(lock.find, tmp_path, files) == ["ui/package-lock.json:1: is missing"]
    files["ui/package-lock.json"] = json.dumps({"packages": {"": {}}})
    assert "ui/package.json:1: react: expected one version, not ^19.3.1" in findings(lock.find, tmp_path, files)


@pytest.mark.attack("E13")
@pytest.mark.parametrize(
    "line",
    [
        "<div dangerouslySetInnerHTML={{ __html: answer }} />",
        "node.innerHTML = answer;",
        "node . outerHTML",
        'node.insertAdjacentHTML("beforeend", answer);',
        "document.write(answer);",
        "eval(answer);",
        "new Function(answer)();",
        "new DOMParser()",
        "<iframe srcDoc={answer} />",
        "<style>{css}</style>",
        'node.setAttribute("style", answer);',
        "// @ts-ignore",
        "export default function Page() {}",
        "const found: any = answer;",
        "const found = answer as any;",
        "navigator.serviceWorker.register(file);",
        "const id = crypto.randomUUID();",
        "await navigator.clipboard.writeText(text);",
        'const logo = "https://' + 'cdn.example-host.net/logo.png";',
        'const logo = "//' + 'cdn.example-host.net/logo.png";',
        "<Button>Salvar alterações</Button>",
        '<input aria-label="Search" />',
        '<img alt="A picture" />',
    ],
)
def test_what_would_run_load_or_stand_in_one_language_is_found(tmp_path: Path, line: str) -> None:
    breaches = findings(house.find, tmp_path, {"ui/src/pages/a.tsx": f"\n{line}\n"})
    assert breaches and all(found.startswith("ui/src/pages/a.tsx:2: ") for found in breaches)


@pytest.mark.parametrize(
    "line",
    [
        "const map: Map<string, number> = new Map<string, number>();",
        "<Button>{words.common.save}</Button>",
        '<img alt="" src={picture} /> ',
        '<svg xmlns="http://www.w3.org/2000/svg" style={{ width: 4 }} />',
        "const company = many; // https" + "://a.remark-of-ours.net says why",
        'placeholder={"https://' + 'api.example.com/v1"}',
        "export const evaluate = (of: Anything) => of;",
        "<h1>prosa</h1>",
        'const host = "http://127.0.0.1:3000";',
        "type Found<T> = T extends Array<infer Each> ? Each : never;",
    ],
)
def test_ordinary_lines_are_left_alone(tmp_path: Path, line: str) -> None:
    assert findings(house.find, tmp_path, {"ui/src/pages/a.tsx": f"{line}\n"}) == []


def test_tests_the_wrappers_and_generated_types_may_what_others_may_not(tmp_path: Path) -> None:
    files = {
        "ui/src/md/attacks.test.tsx": "const payload = '<script>eval(1)</script>';\n" * 400,
        "ui/src/app/browser.ts": "navigator.clipboard?.writeText(text);",
        "ui/src/api/schema.d.ts": "export interface X { any: any }\n" * 400,
        "src/prosa/web/static/docs.js": "eval(1)",
    }
    assert findings(house.find, tmp_path, files) == []


def test_a_long_file_is_found(tmp_path: Path) -> None:
    assert findings(house.find, tmp_path, {"ui/src/chat/long.ts": "x;\n" * 301}) == [
        "ui/src/chat/long.ts:301: has 301 lines, of at most 300"
    ]


@pytest.mark.contract("C49")
def test_a_section_in_one_language_and_a_sentence_that_nobody_translated_are_found(tmp_path: Path) -> None:
    files = {
        "ui/src/i18n/pt-BR/chat.ts": 'export const chat = { stop: "Parar", none: "Nothing here yet", model: "OK" };',
        "ui/src/i18n/en/chat.ts": 'export const chat = { stop: "Stop", none: "Nothing here yet", model: "OK" };',
        "ui/src/i18n/en/admin.ts": "export const admin = {};",
    }
    assert findings(house.find, tmp_path, files) == [
        "ui/src/i18n:1: admin.ts stands in one language only",
        "ui/src/i18n/pt-BR/chat.ts:1: 'Nothing here yet' is the same in both languages",
    ]


def test_a_route_at_which_the_server_shows_nothing_is_found(tmp_path: Path) -> None:
    text = (
        'path: "/"\npath: "/chat"\npath: "/chat/$id"\npath: "/folders/$id"\npath: "/trash"\npath: "/admin/*"\npath: "/dev/ui"\n'
    )
    repository = project(tmp_path, {"ui/src/app/routes.tsx": text})
    found = [str(each) for each in addresses.find(repository, ("/chat", "/chat/*", "/admin/*"))]
    assert [line.partition(": the server")[0] for line in found] == [
        "ui/src/app/routes.tsx:4: /folders/$id",
        "ui/src/app/routes.tsx:5: /trash",
    ]


def test_what_make_built_and_what_npm_brought_is_nobody_s_source(tmp_path: Path) -> None:
    files = {
        "src/prosa/web/assets/assets/a.js": "",
        "ui/node_modules/a/b.ts": "",
        "src/prosa/web/files.py": "",
        "docs/assets/a": "",
    }
    assert project(tmp_path, files).files == ("docs/assets/a", "src/prosa/web/files.py")


def built(folder: Path, **kilobytes: int) -> Path:
    """A folder as Vite leaves it, each file as heavy as it says when it is packed."""
    manifest = {
        "index.html": {
            "file": "entry.js",
            "css": ["entry.css"],
            "imports": ["_shared.js"],
            "dynamicImports": ["src/chat/chat-page.tsx"],
        },
        "_shared.js": {"file": "shared.js", "imports": ["index.html"]},
        "src/chat/chat-page.tsx": {"file": "chat.js", "imports": ["_shared.js"], "assets": ["font.woff2"]},
        "src/i18n/pt-BR/index.ts": {"file": "words.js"},
        "src/pages/admin.tsx": {"file": "admin.js"},
    }
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "manifest.json").write_text(json.dumps(manifest))
    (folder / "index.html").write_text('<script type="module" src="/entry.js"></script><link rel="stylesheet" href="/entry.css">')
    for name in ("entry.js", "entry.css", "shared.js", "chat.js", "words.js", "admin.js"):
        (folder / f"{name}.gz").write_bytes(os.urandom(1024 * kilobytes.get(name.replace(".", "_"), 1)))
    return folder


def test_pages_within_their_budgets_are_left_alone(tmp_path: Path) -> None:
    assert list(sizes.find(built(tmp_path, admin_js=900))) == []


@pytest.mark.parametrize(
    ("heavy", "told"),
    [
        ({"entry_js": 100, "shared_js": 81}, ["entry: 181.0 KB packed, of at most 180"]),
        ({"entry_css": 170, "chat_js": 90, "words_js": 12}, ["chat page: 274.0 KB packed, of at most 270"]),
    ],
)
def test_a_page_that_grew_too_heavy_is_found(tmp_path: Path, heavy: dict[str, int], told: list[str]) -> None:
    assert [each.message for each in sizes.find(built(tmp_path, **heavy))] == told


def test_a_chat_page_that_moved_into_another_file_is_told(tmp_path: Path) -> None:
    place = built(tmp_path) / "manifest.json"
    place.write_text(place.read_text().replace("src/chat/chat-page.tsx", "src/chat/other.tsx"))
    assert [each.message for each in sizes.find(tmp_path)] == ["chat page: src/chat/chat-page.tsx isn't there by itself"]
    assert [each.message for each in sizes.find(tmp_path / "nothing")] == ["is missing: make ui builds the app"]


def test_a_file_without_a_packed_twin_is_packed_to_be_weighed(tmp_path: Path) -> None:
    folder = built(tmp_path)
    (folder / "words.js.gz").unlink()
    (folder / "words.js").write_bytes(b"palavra " * 4000)
    weight = sizes.weigh(folder, json.loads((folder / "manifest.json").read_bytes()), sizes.Budget("words", (sizes.WORDS,), 1))
    assert weight == len(gzip.compress(b"palavra " * 4000, 9)) < 1024


def test_the_repository_s_own_lock_is_whole() -> None:
    assert list(lock.find(Repository(Path(__file__).resolve().parents[2]))) == []
