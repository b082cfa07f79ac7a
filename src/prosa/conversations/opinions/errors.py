"""What can be wrong with an opinion."""

from prosa.kit.errors import BadRequest, NotFound


class OpinionNotFound(NotFound):
    """Nobody has said what they think of this answer."""

    def __init__(self) -> None:
        super().__init__("There is no feedback on this answer.")


class NotAnAnswer(BadRequest):
    """Only what a model said is rated."""

    code = "not_an_answer"

    def __init__(self) -> None:
        super().__init__("Feedback is for what a model said: this item is something else.", param="item_id")
