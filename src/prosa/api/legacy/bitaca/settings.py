"""What B's dialect is told at start."""

from dataclasses import dataclass

MOST_MESSAGES = 100  # real pages send twelve at most
MOST_INPUTS = 64
MOST_CHARACTERS = 200_000  # of one call's texts together; real pages stay below 20,000


@dataclass(frozen=True, slots=True)
class BitacaSettings:
    """Which models the visitors of a site may run: the operator pays, so a page can only wish."""

    model: str | None = None  # NVIDIA_MODEL; None: the gateway's default
    models: tuple[str, ...] = ()  # BITACA_MODELS: names that a page may ask for; every other wish runs on the default
    embedding_model: str = "nvidia/nv-embedqa-e5-v5"  # the only one whose vectors fit the sites' files
