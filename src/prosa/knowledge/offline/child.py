"""The process in which the offline model runs: frames of texts in, frames of vectors out."""

import os
import struct
import sys

# One thread: more of them wait for each other. Before numpy is loaded by anybody.
os.environ["OPENBLAS_NUM_THREADS"] = "1"
os.environ["TOKENIZERS_PARALLELISM"] = "false"

from prosa.drivers.children import confine, frame, frames  # numpy reads those two when it is loaded


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
