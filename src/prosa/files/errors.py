"""What can be wrong with a file."""

from prosa.drivers.blobs import BlobMissing
from prosa.kit.errors import BadRequest, NotFound, PayloadTooLarge, ProsaError

MB = 1024 * 1024


class FileNotFound(NotFound):
    """No such file in the caller's space."""

    def __init__(self, param: str | None = None) -> None:
        super().__init__("There is no such file.", param=param)


class FileRefused(BadRequest):
    """A field of the upload can't be taken as it is."""


class FileEmpty(BadRequest):
    """The file has no bytes."""

    code = "empty_file"

    def __init__(self) -> None:
        super().__init__("The file is empty.", param="file")


class FileTypeMismatch(BadRequest):
    """The content is not what the name, or the declared type, says; or not what its purpose needs."""

    code = "file_type_mismatch"

    def __init__(self, found: str, expected: str) -> None:
        super().__init__(f"The content is {found}, but expected was {expected}.", param="file")


class ImageTooLarge(BadRequest):
    """The image has more pixels than the server takes, however few its bytes are."""

    code = "image_too_large"

    def __init__(self, found: str, most_side: int) -> None:
        super().__init__(f"The image has {found}; at most {most_side} a side are taken, and 100 million in all.", param="file")


class FileTooLarge(PayloadTooLarge):
    """The file is larger than the server takes."""

    code = "file_too_large"

    def __init__(self, most: int) -> None:
        super().__init__(f"The file is larger than {most // MB} MB ({most} bytes).", param="file")


class FileQuotaExceeded(ProsaError):
    """The space holds as much as it may; `what` says of what."""

    code = "file_quota_exceeded"
    status = 403
    kind = "invalid_request_error"

    def __init__(self, what: str) -> None:
        super().__init__(f"No more files can be stored: {what}. Delete some first.", param="file")


class TooManyFileInputs(ProsaError):
    """Calls that are under way carry as much of files as may be."""

    code = "too_many_file_inputs"
    status = 429
    kind = "rate_limit_error"

    def __init__(self) -> None:
        super().__init__("Too many files are being given to models right now; wait for an answer first.", retry_after=2.0)


class InputTooLarge(BadRequest):
    """The files within a call are more than a model may be given."""

    code = "file_input_too_large"

    def __init__(self, most: int, param: str | None) -> None:
        super().__init__(f"Files within one call may have {most // MB} MB together.", param=param)


FileDamaged = BlobMissing
