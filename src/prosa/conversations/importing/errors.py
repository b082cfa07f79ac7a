"""What can be wrong with a file that somebody imports."""

from prosa.kit.errors import BadRequest, ProsaError


class ImportUnreadable(BadRequest):
    """The file is not what can be imported; nothing was written."""

    code = "import_unreadable"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file can't be imported: {reason}. Nothing was written.", param="file")


class ImportTooLarge(ProsaError):
    """The file holds more than is taken in at once; nothing was written."""

    code = "import_too_large"
    status = 413
    kind = "invalid_request_error"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The file is too large to be imported: {reason}. Nothing was written.", param="file")


class ImportExpired(ProsaError):
    """The uploaded file isn't kept any more."""

    code = "import_expired"
    status = 410
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The file that was uploaded isn't kept any more; upload it again.")


class ImportNotReady(ProsaError):
    """The dry run has still to end, or ended without a good word, or was none."""

    code = "import_not_ready"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, reason: str) -> None:
        super().__init__(f"The import can't be carried out: {reason}.")
