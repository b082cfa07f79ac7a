"""A folder such as Vite builds, in small: a page, a script with its packed twins, a font, an icon, and what isn't served."""

import gzip
from pathlib import Path

PAGE = (
    b'<!doctype html><html lang="en"><script type="module" src="/assets/index-DBdtBc_W.js"></script><div id="root"></div></html>'
)
SCRIPT = b"document.title = 'prosa';" * 100
MANIFEST = b"""{
    "index.html": {"file": "assets/index-DBdtBc_W.js", "imports": ["_shared"]},
    "_shared": {"file": "assets/index-DBdtBc_W.js"},
    "src/app/shell.tsx": {"file": "assets/shell-Abcdefg1.js", "imports": ["_icon", "index.html"]},
    "_icon": {"file": "assets/icon-Abcdefg1.js"},
    "src/chat/chat-page.tsx": {"file": "assets/chat-Abcdefg1.js", "imports": ["_icon", "_shared", "_gone"]},
    "src/chat/new-chat.tsx": {"file": "assets/new-Abcdefg1.js", "imports": ["_icon", "_shared"]},
    "src/pages/account/sign-in.tsx": {"file": "assets/>evil.js"}
}"""
NAME = "/assets/index-DBdtBc_W.js"
NOTHING = Path("nothing-is-built-here")


def build_into(folder: Path, page: bytes = PAGE, script: bytes = SCRIPT) -> Path:
    """Lay the files down; gives the folder."""
    files = {
        "index.html": page,
        "manifest.json": MANIFEST,
        "assets/shell-Abcdefg1.js": b"shell" * 1000,
        "assets/chat-Abcdefg1.js": b"chat" * 2000,
        "assets/new-Abcdefg1.js": b"new" * 2000,
        "assets/icon-Abcdefg1.js": b"small",
        ".inputs": b"digest",
        "prosa.webmanifest": b'{"name": "prosa"}',
        "prosa.svg": b'<svg xmlns="http://www.w3.org/2000/svg"/>',
        "icon-192.png": b"\x89PNG",
        "secret.txt": b"not a file of the app",
        "assets/index-DBdtBc_W.js": script,
        "assets/index-DBdtBc_W.js.br": b"brotli " + script[:20],
        "assets/index-DBdtBc_W.js.gz": gzip.compress(script),
        "assets/KaTeX_Main-Regular-B22Nviop.woff2": b"wOF2",
        "assets/plain.css": b"body{}",
        "assets/index.js.map": b"{}",
        "assets/.hidden.js": b"hidden",
    }
    for name, content in files.items():
        place = folder / name
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(content)
    return folder
