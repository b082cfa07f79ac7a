"""Small files of many kinds, made here."""

import struct
import zlib


def png(width: int = 1, height: int = 1) -> bytes:
    """A red picture."""
    rows = b"".join(b"\x00" + b"\xff\x00\x00" * width for _ in range(height))
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    parts = ((b"IHDR", header), (b"IDAT", zlib.compress(rows)), (b"IEND", b""))
    chunks = (struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data)) for kind, data in parts)
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def png_head(width: int, height: int) -> bytes:
    """A picture that says to be so large, whose content is a few bytes."""
    return png()[:16] + struct.pack(">II", width, height) + png()[24:]


def gif(width: int, height: int) -> bytes:
    """The same as a GIF."""
    return b"GIF89a" + struct.pack("<HH", width, height) + GIF[10:]


def jpeg(width: int, height: int, before: bytes = b"") -> bytes:
    """The same as a JPEG, with something before its frame."""
    frame = b"\xff\xc0\x00\x11\x08" + struct.pack(">HH", height, width) + b"\x03\x01\x11\x00\x02\x11\x00\x03\x11\x00"
    return b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00" + before + frame + b"\xff\xd9"


def webp(width: int, height: int, form: str = "VP8X") -> bytes:
    """The same as a WebP."""
    content = {
        "VP8X": bytes(4) + (width - 1).to_bytes(3, "little") + (height - 1).to_bytes(3, "little"),
        "VP8L": b"/" + (width - 1 | height - 1 << 14).to_bytes(4, "little"),
        "VP8 ": b"\x10\x00\x00\x9d\x01\x2a" + struct.pack("<HH", width, height),
    }[form]
    chunk = b"WEBP" + form.encode() + struct.pack("<I", len(content)) + content
    return b"RIFF" + struct.pack("<I", len(chunk)) + chunk


PNG = png()
JPEG = b"\xff\xd8\xff\xe0\x00\x10JFIF\x00\x01\x01\x00\x00\x01\x00\x01\x00\x00\xff\xd9"
GIF = b"GIF89a\x01\x00\x01\x00\x80\x00\x00\xff\x00\x00\x00\x00\x00,\x00\x00\x00\x00\x01\x00\x01\x00\x00\x02\x02D\x01\x00;"
WEBP = b"RIFF\x1a\x00\x00\x00WEBPVP8L\x0d\x00\x00\x00/\x00\x00\x00\x10\x07\x10\x11\x11\x88\x88\xfe\x07\x00"
PDF = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[]/Count 0>>endobj\n"
    b"trailer<</Root 1 0 R>>\n%%EOF"
)
ZIP = b"PK\x03\x04\x14\x00\x00\x00\x00\x00" + bytes(30)
WAV = b"RIFF\x24\x00\x00\x00WAVEfmt \x10\x00\x00\x00\x01\x00\x01\x00" + bytes(20)
HTML = b"<!doctype html><script>alert(document.cookie)</script>"
SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
TEXT = "Olá, açaí.\nSegunda linha.\n".encode()
