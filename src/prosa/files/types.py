"""What kind of file it is: its first bytes decide, and a name or a declared type that says otherwise is refused.

Sources of the signatures: each format's own specification; the WHATWG's "MIME Sniffing" for images, audio and archives.
"""

from typing import Final

from prosa.files.errors import FileTypeMismatch
from prosa.files.naming import extension

HEAD: Final = 4096
"""Bytes that `decide` wants to see, or the whole of a shorter file."""
UNKNOWN: Final = "application/octet-stream"
_PLAIN: Final = "text/plain"
_ZIP: Final = "application/zip"
_OLE: Final = "application/x-ole-storage"
_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_ODF: Final = "application/vnd.oasis.opendocument."

_SIGNATURES: Final[tuple[tuple[int, bytes, str], ...]] = (
    (0, b"\x89PNG\r\n\x1a\n", "image/png"),
    (0, b"\xff\xd8\xff", "image/jpeg"),
    (0, b"GIF87a", "image/gif"),
    (0, b"GIF89a", "image/gif"),
    (8, b"WEBP", "image/webp"),  # behind RIFF and a length, as the next two
    (8, b"WAVE", "audio/wav"),
    (8, b"AVI ", "video/x-msvideo"),
    (0, b"II*\x00", "image/tiff"),
    (0, b"MM\x00*", "image/tiff"),
    (0, b"%PDF-", "application/pdf"),
    (0, b"PK\x03\x04", _ZIP),
    (0, b"PK\x05\x06", _ZIP),
    (0, b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", _OLE),
    (0, b"\x1f\x8b\x08", "application/gzip"),
    (0, b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (0, b"Rar!\x1a\x07", "application/vnd.rar"),
    (0, b"BZh", "application/x-bzip2"),
    (0, b"\xfd7zXZ\x00", "application/x-xz"),
    (0, b"\x28\xb5\x2f\xfd", "application/zstd"),
    (0, b"ID3", "audio/mpeg"),
    (0, b"fLaC", "audio/flac"),
    (0, b"OggS", "audio/ogg"),
    (0, b"\x1a\x45\xdf\xa3", "video/webm"),
    (0, b"{\\rtf", "application/rtf"),
    (0, b"PAR1", "application/vnd.apache.parquet"),
    (0, b"SQLite format 3\x00", "application/vnd.sqlite3"),
    (0, b"\x7fELF", "application/x-executable"),
    (0, b"MZ", "application/x-executable"),
)
_BRANDS: Final = {b"M4A ": "audio/mp4", b"M4B ": "audio/mp4", b"qt  ": "video/quicktime", b"avif": "image/avif"}
_HEIC: Final = frozenset({b"heic", b"heix", b"mif1", b"heim", b"hevc"})


def _table(text: str) -> dict[str, str]:
    """Lines `type: word word …` as word → type."""
    lines = [line.partition(": ") for line in text.strip().splitlines()]
    return {word: kind for kind, _, words in lines for word in words.split()}


# What the last part of a name claims. Of text the content can't say which kind it is: there the name decides.
_TEXTS: Final = _table("""
text/plain: txt text log srt vtt ini cfg conf env rst po tex toml diff patch
text/plain: py rb go rs java kt c h cpp hpp cs php sh sql r lua pl swift scala vue svelte bat ps1
text/markdown: md markdown
text/csv: csv
text/tab-separated-values: tsv
text/html: html htm
text/css: css
text/javascript: js mjs
text/x-typescript: ts tsx
text/calendar: ics
text/vcard: vcf
application/json: json
application/jsonl: jsonl ndjson
application/yaml: yaml yml
application/xml: xml
application/xhtml+xml: xhtml
image/svg+xml: svg
message/rfc822: eml
multipart/related: mhtml
""")
_IN_ZIP: Final = _table(f"""
{_OFFICE}wordprocessingml.document: docx
{_OFFICE}spreadsheetml.sheet: xlsx
{_OFFICE}presentationml.presentation: pptx
{_ODF}text: odt
{_ODF}spreadsheet: ods
{_ODF}presentation: odp
application/epub+zip: epub
{_ZIP}: zip jar whl
""")
_IN_OLE: Final = _table("""
application/msword: doc
application/vnd.ms-excel: xls
application/vnd.ms-powerpoint: ppt
""")
_BINARIES: Final = _table("""
image/png: png
image/jpeg: jpg jpeg jfif
image/gif: gif
image/webp: webp
image/tiff: tif tiff
image/avif: avif
image/heic: heic
application/pdf: pdf
application/rtf: rtf
application/gzip: gz tgz
application/x-7z-compressed: 7z
application/vnd.rar: rar
application/x-bzip2: bz2
application/x-xz: xz
application/zstd: zst
application/vnd.apache.parquet: parquet
audio/mpeg: mp3 mpga
audio/wav: wav
audio/flac: flac
audio/ogg: ogg oga opus
audio/mp4: m4a
video/mp4: mp4
video/quicktime: mov
video/webm: webm mkv
video/x-msvideo: avi
""")
# Other words for the same content, as browsers and programs declare it.
_SAME: Final = _table(f"""
image/jpeg: image/jpg
audio/wav: audio/x-wav audio/wave
audio/mpeg: audio/mp3
audio/mp4: audio/x-m4a
audio/flac: audio/x-flac
audio/ogg: audio/opus video/ogg application/ogg
video/webm: audio/webm video/x-matroska
application/pdf: application/x-pdf
application/gzip: application/x-gzip
{_ZIP}: application/x-zip-compressed
""")
_ALIKE: Final = frozenset({"audio/mp4", "video/mp4", "video/quicktime"})  # one container, many first words
# Of the older office types none: Windows declares a CSV file as one of them.
_CLAIMS: Final = frozenset(_BINARIES.values()) | frozenset(_IN_ZIP.values())
_TEXT_BYTES: Final = bytes(set(range(256)) - (set(range(32)) - set(b"\t\n\r\f\b\x1b")))
_MARKS: Final = (b"\xff\xfe", b"\xfe\xff")  # of UTF-16
_WRITTEN: Final = frozenset({b"%PDF-", b"{\\rtf"})  # signatures of files that may be all text
ACTIVE: Final = frozenset(
    {
        *("text/html", "application/xhtml+xml", "image/svg+xml", "application/xml", "multipart/related"),
        *("text/javascript", "message/rfc822", "text/css"),
    }
)
"""Types that are never given out under their own name."""


def decide(head: bytes, name: str, declared: str | None) -> str:
    """The media type. Raises FileTypeMismatch where name or declared type say something else than the content."""
    ending = extension(name)
    found = _refined(sniffed(head), ending)
    for claim in (_claimed(ending), _declared(declared)):
        if claim is not None and not _fits(found, claim):
            raise FileTypeMismatch(_said(found), claim)
    return found


def is_active(media_type: str) -> bool:
    """Whether a browser might run it (attacks.md E5)."""
    return media_type in ACTIVE


def is_text(media_type: str) -> bool:
    """Whether the content is text of some kind."""
    return media_type.startswith("text/") or media_type in _TEXTS.values()


def sniffed(head: bytes) -> str:
    """What the first bytes alone say: a type with a signature, text, or UNKNOWN."""
    text = head.startswith(_MARKS) or not head.translate(None, _TEXT_BYTES)
    for place, signature, kind in _SIGNATURES:
        begins = head.startswith(signature, place) and (place == 0 or head.startswith(b"RIFF"))
        if begins and (not text or signature in _WRITTEN):
            return kind
    if text:
        return _PLAIN
    if head.startswith(b"ftyp", 4):
        return "image/heic" if head[8:12] in _HEIC else _BRANDS.get(head[8:12], "video/mp4")
    if len(head) > 1 and head[0] == 0xFF and head[1] & 0xE6 in (0xE2, 0xE4):
        return "audio/mpeg"  # a frame of layer 3 or 2, without a tag before it
    return UNKNOWN


def _refined(found: str, ending: str) -> str:
    """Of a container and of text the name says which kind it is."""
    if found == _ZIP:
        return _IN_ZIP.get(ending, _ZIP)
    if found == _OLE:
        return _IN_OLE.get(ending, _OLE)
    if found == _PLAIN:
        return _TEXTS.get(ending, _PLAIN)
    return found


def _claimed(ending: str) -> str | None:
    for table in (_BINARIES, _IN_ZIP, _IN_OLE, _TEXTS):
        if ending in table:
            return table[ending]
    return None


def _declared(declared: str | None) -> str | None:
    """What the declared type claims. Types that we have no signature for claim nothing: the content decides."""
    kind = (declared or "").partition(";")[0].strip().lower()
    kind = _SAME.get(kind, kind)
    return kind if kind in _CLAIMS else None


def _fits(found: str, claim: str) -> bool:
    if found == claim or (found in _ALIKE and claim in _ALIKE):
        return True
    if claim == _ZIP:
        return found in _IN_ZIP.values()
    return is_text(claim) and is_text(found)


def _said(found: str) -> str:
    return "of an unknown kind" if found == UNKNOWN else found
