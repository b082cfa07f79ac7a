"""What can be wrong with how conversations are kept in order."""

from prosa.conversations.shelf.words import LONGEST_NAME, LONGEST_TAG
from prosa.kit.errors import BadRequest, NotFound, ProsaError


class FolderNotFound(NotFound):
    """There is no such folder in this space."""

    def __init__(self, param: str | None = None) -> None:
        super().__init__("There is no folder with this id.", param=param)


class FolderNameTaken(ProsaError):
    """Two folders of one space would differ by case or accents alone."""

    code = "folder_name_taken"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("There is a folder of this name already.", param="name")


class FolderNameInvalid(BadRequest):
    """It has nothing that can be seen, or too much."""

    code = "folder_name_invalid"

    def __init__(self) -> None:
        super().__init__(f"The name of a folder has 1 to {LONGEST_NAME} characters that can be seen.", param="name")


class FolderChanged(ProsaError):
    """Somebody else changed it since it was read."""

    code = "edit_conflict"
    status = 412
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__("The folder was changed since it was read; read it again.")


class TooManyFolders(ProsaError):
    """A list of folders is shown whole, so there is an end to them."""

    code = "too_many_folders"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, most: int) -> None:
        super().__init__(f"There are {most} folders already.")


class TagInvalid(BadRequest):
    """It has nothing that can be seen, or too much."""

    code = "tag_invalid"

    def __init__(self, param: str) -> None:
        super().__init__(f"A tag has 1 to {LONGEST_TAG} characters that can be seen.", param=param)


class TooManyTags(BadRequest):
    """More tags than a conversation can have."""

    code = "too_many_tags"

    def __init__(self, most: int, param: str = "tags") -> None:
        super().__init__(f"A conversation has at most {most} tags.", param=param)
