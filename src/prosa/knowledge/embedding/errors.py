"""What can be wrong with the vectors that a provider gives."""

from prosa.kit.errors import ProsaError


class EmbeddingUnusable(ProsaError):
    """The provider's answer holds no vectors, or others than were asked for."""

    code = "embedding_unusable"
    status = 502

    def __init__(self, found: str) -> None:
        super().__init__(f"The embedding model's answer can't be used: {found}.")
