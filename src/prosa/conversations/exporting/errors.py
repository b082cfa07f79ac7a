"""What can go wrong with an export."""

from prosa.kit.errors import BadRequest, NotFound, ProsaError


class ExportTooLarge(ProsaError):
    """More than is answered at once."""

    code = "export_too_large"
    status = 413
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The conversation is too long to be exported at once; start an export by POST /api/v1/exports instead.")


class ExportRefused(BadRequest):
    """The export can't be as it was asked for."""

    code = "export_refused"


class ExportNotReady(ProsaError):
    """The run has still to end, or ended without anything to download."""

    code = "export_not_ready"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, *, open: bool) -> None:
        told = "has not ended yet; wait for it" if open else "ended without a file; start another one"
        super().__init__(f"The export {told}.", retry_after=2.0 if open else None)


class ExportExpired(ProsaError):
    """What it made isn't kept any more."""

    code = "export_expired"
    status = 410
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The file of this export isn't kept any more; start another one.")


class ExportNotFound(NotFound):
    """No run of this space, or one of another kind."""

    def __init__(self) -> None:
        super().__init__("There is no run with this id.")


class DocumentFailed(ProsaError):
    """A document could not be set within its bounds of time and memory, or not at all."""

    code = "document_failed"
    status = 422
    kind = "invalid_request_error"

    def __init__(self, title: str = "") -> None:
        named = f" of “{title}”" if title else ""
        super().__init__(f"The document{named} could not be made within the bounds of time and memory; ask for another format.")


class TooManyDocuments(ProsaError):
    """As many documents are being set in this process as may be."""

    code = "too_many_documents"
    status = 503
    kind = "server_error"

    def __init__(self) -> None:
        super().__init__("Other documents are being made just now; try again soon.", retry_after=2.0)
