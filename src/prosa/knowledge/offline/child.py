"""The process in which the offline model runs: frames of texts in, frames of vectors out."""

import struct
import sys

from prosa.drivers.children import confine, frame, frames


def main() -> None:
    """Answer until there are no more questions."""
    import msgspec

    from prosa.knowledge.offline.model import Model, folder

    confine()
    files = folder()
    if files is None:
        raise FileNotFoundError
    model = Model(files)
    texts = msgspec.json.Decoder(list[str]).decode
    for asked in frames(sys.stdin.buffer):
        tokens, vectors = model.embed(texts(asked))
        sys.stdout.buffer.write(frame(struct.pack(">I", tokens) + vectors))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    main()
