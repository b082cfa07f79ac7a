"""What can go wrong with a model call, in prosa's own words."""

from typing import ClassVar

from prosa.kit.errors import BadRequest, ProsaError


class ModelNotFound(ProsaError):
    """No configured provider serves this name."""

    code = "model_not_found"
    status = 404
    kind = "invalid_request_error"


class NoDefaultModel(ModelNotFound):
    """A request names no model, and the one that the operator set for such requests isn't there."""

    code = "missing_required_parameter"
    status = 400

    def __init__(self, why: str) -> None:
        super().__init__(f"{why}; it is this server's default, so that a request has to name its model", param="model")


class NotAmongAllowed(ModelNotFound):
    """The caller's key may not use this name. It reads the same whether the name exists or not (attacks.md C11)."""

    def __init__(self) -> None:
        super().__init__("There is no such model for this key; GET /v1/models lists the ones that it may use.", param="model")


class UnsupportedInput(BadRequest):
    """A picture, document or sound in the call that can't be given to this model; `param` names the part."""

    code = "unsupported_input"

    def __init__(self, why: str, part: object = None) -> None:
        """`part`: the very part of the request, so that its place can be found."""
        super().__init__(f"{why}.", param="messages")
        self.why = why
        self.part = part

    def at(self, param: str) -> "UnsupportedInput":
        """The same error, with the field's name."""
        named = UnsupportedInput(f"{param}: {self.why}")
        named.param = param
        return named


class NoProvider(ProsaError):
    """Nothing is configured that could answer."""

    code = "no_provider"
    status = 503


class ProviderFault(ProsaError):
    """A provider refused or failed. `status` and `code` are what prosa's caller sees; the provider's words are redacted."""

    code = "provider_error"
    status = 502
    retriable: bool = True

    def __init__(
        self,
        message: str,
        *,
        status: int = 502,
        code: str = "provider_error",
        retriable: bool = True,
        retry_after: float | None = None,
        param: str | None = None,
    ) -> None:
        super().__init__(message, param=param, retry_after=retry_after)
        self.status = status  # type: ignore[misc]  # an instance's own, over the class's default
        self.code = code  # type: ignore[misc]  # likewise
        self.retriable = retriable


class StreamBroken(ProsaError):
    """The provider's stream broke after its first byte had been passed on."""

    code = "stream_broken"
    status = 502
    retriable: ClassVar[bool] = False
