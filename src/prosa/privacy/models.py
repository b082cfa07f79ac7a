"""The nouns of a person's own data."""

from dataclasses import dataclass, field

from prosa.kit.errors import ProsaError, Unavailable

FORMAT = 1  # of the archive; grows when a field changes its meaning


class ErasuresUnwritable(Unavailable):
    """The list of who was erased can't be written: without it a backup would bring them back, so nobody is erased now."""

    code = "erasures_unwritable"

    def __init__(self) -> None:
        super().__init__("Nothing was erased: the list of erasures can't be written. Try again later.", retry_after=60.0)


class ExportUnderWay(ProsaError):
    """Another archive is being made at this moment."""

    code = "export_under_way"
    status = 429
    kind = "rate_limit_error"

    def __init__(self) -> None:
        super().__init__("An archive is being made already. Try again when it is done.", retry_after=10.0)


class ProofInvalid(ProsaError):
    """The address of the archive is no longer good, or is somebody else's."""

    code = "not_found"
    status = 404
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("There is no archive under this address. Ask for one anew.")


@dataclass(slots=True)
class ArchiveReport:
    """What an archive holds: rows by table, files, files whose content is missing."""

    rows: dict[str, int] = field(default_factory=dict)
    files: int = 0
    lost: int = 0
