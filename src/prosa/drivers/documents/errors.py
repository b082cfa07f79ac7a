"""Why a document can't be read. `code` is what a file of a vector store shows as its `last_error`."""

from prosa.kit.errors import ProsaError


class UnknownType(ProsaError):
    """It is no document that can be read here."""

    code = "unsupported_file"
    status = 400
    kind = "invalid_request_error"

    def __init__(self, said: str = "") -> None:
        what = f" ({said})" if said else ""
        super().__init__(
            f"Files of this kind{what} can't be read. Supported are PDF, DOCX, PPTX, XLSX, XLS, ODS, HTML, Markdown, CSV, JSON, "
            "plain text and source code."
        )


class Unreadable(ProsaError):
    """It is damaged, locked, or made so that it can't be read within the bounds."""

    code = "invalid_file"
    status = 400
    kind = "invalid_request_error"

    def __init__(self, why: str = "it is damaged, or no document of the kind that its name says") -> None:
        super().__init__(f"The file can't be read: {why}.")


class NoText(Unreadable):
    """There is nothing in it that could be found again."""

    def __init__(self, scanned: bool = False) -> None:
        super().__init__("the PDF is scanned: it holds no text" if scanned else "it holds no text")


class TooLarge(Unreadable):
    """It is, or unpacks to, more than is read of one file."""

    def __init__(self, why: str = "it takes more time or memory than one file may") -> None:
        super().__init__(why)


class NotReadNow(ProsaError):
    """It couldn't be tried: no process could be started for it. Another try may go better."""

    code = "server_error"
    status = 503

    def __init__(self) -> None:
        super().__init__("The file couldn't be read just now; try again.", retry_after=30.0)
