"""What can be wrong with an `Idempotency-Key`."""

from prosa.kit.errors import BadRequest, ProsaError


class KeyInvalid(BadRequest):
    """The key's text is out of bounds, or there are several."""

    code = "idempotency_key_invalid"

    def __init__(self, most: int) -> None:
        super().__init__(f"Expected one Idempotency-Key of 1 to {most} printable ASCII characters.", param="Idempotency-Key")


class KeyReused(ProsaError):
    """The key came before, with another request."""

    code = "idempotency_key_reused"
    status = 422
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__(
            "This Idempotency-Key was used for another request: expected the same method, path and body as then.",
            param="Idempotency-Key",
        )


class RequestInFlight(ProsaError):
    """The first request with this key is still being answered."""

    code = "idempotency_in_flight"
    status = 409
    kind = "invalid_request_error"

    def __init__(self) -> None:
        super().__init__(
            "A request with this Idempotency-Key is being answered; come again for its result.",
            param="Idempotency-Key",
            retry_after=1.0,
        )
