"""What can be wrong with a vector store."""

from prosa.kit.errors import BadRequest, NotFound, ProsaError


class VectorStoreNotFound(NotFound):
    """No such store in the caller's space; `shown` is the id as it was named."""

    def __init__(self, shown: str, param: str | None = None) -> None:
        super().__init__(f"No vector store found with id '{shown[:100]}'.", param=param)


class StoredFileNotFound(NotFound):
    """The store holds no such file."""

    def __init__(self, shown: str, store: str, param: str | None = None) -> None:
        super().__init__(f"No file found with id '{shown[:100]}' in vector store '{store[:100]}'.", param=param)


class FileBatchNotFound(NotFound):
    """The store has no such batch."""

    def __init__(self, shown: str, store: str) -> None:
        super().__init__(f"No file batch found with id '{shown[:100]}' in vector store '{store[:100]}'.")


class VectorStoreExpired(BadRequest):
    """The store wasn't used for as long as it was to be kept."""

    code = "vector_store_expired"

    def __init__(self, shown: str) -> None:
        super().__init__(f"The vector store '{shown}' has expired.", param="vector_store_id")


class VectorStoreQuotaExceeded(ProsaError):
    """The space, or the store, holds as much as it may; `what` says of what."""

    code = "vector_store_quota_exceeded"
    status = 403
    kind = "invalid_request_error"

    def __init__(self, what: str) -> None:
        super().__init__(f"No more can be kept: {what}. Delete some first.")


class TooManyFileBatches(ProsaError):
    """As many batches of one caller are being read as may be."""

    code = "too_many_file_batches"
    status = 429
    kind = "rate_limit_error"

    def __init__(self, most: int) -> None:
        told = f"{most} of your batches are being read already; wait for one of them, and add files by batches of many."
        super().__init__(told, retry_after=5.0)


class StoreFieldRefused(BadRequest):
    """A field of a store, a file in it or a question can't be taken as it is."""

    code = "invalid_value"
