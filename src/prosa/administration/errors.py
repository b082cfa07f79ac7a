"""What administration refuses."""

from prosa.kit.errors import BadRequest, NotFound, ProsaError


class ProviderNotFound(NotFound):
    """There is no provider of this name."""

    def __init__(self) -> None:
        super().__init__("There is no such provider.")


class ModelNameNotFound(NotFound):
    """No model is listed under this name, and none is stored."""

    def __init__(self) -> None:
        super().__init__("There is no such model.")


class Unfit(BadRequest):
    """A value can't be taken as it is; `param` names the field, the message what was expected."""

    code = "unfit_value"
    status = 422

    def __init__(self, param: str, expected: str) -> None:
        super().__init__(expected, param=param)


class UnknownModel(Unfit):
    """A name leads to no model that is known here."""

    code = "unknown_model"

    def __init__(self, param: str, name: str) -> None:
        super().__init__(
            param,
            f"No provider here is known to have the model {name[:200]!r}. "
            "Name it as provider/model; one that its provider doesn't list can be added to the provider's models.",
        )


class AddressNotAllowed(Unfit):
    """The address is one of this machine or network, and nobody who starts prosa has allowed it."""

    code = "address_not_allowed"

    def __init__(self) -> None:
        super().__init__(
            "base_url",
            "Expected a public http or https address. One of this machine or network has to be named in PROSA_PRIVATE_HOSTS.",
        )


class KeyGoesElsewhere(Unfit):
    """A stored key would be sent to another address than the one it was given for."""

    code = "key_needed_again"

    def __init__(self) -> None:
        super().__init__("api_key", "The key that is stored was given for another address: send it again, or null to remove it.")


class NameTaken(ProsaError):
    """There is one of this name."""

    code = "name_taken"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is a {what} of this name already.", param="name")


class FixedBySetting(ProsaError):
    """It was set where prosa is started, and is changed there alone."""

    code = "fixed_by_setting"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, setting: str, param: str | None = None) -> None:
        super().__init__(f"This is set by {setting} where prosa is started; change it there.", param=param)


class InUse(ProsaError):
    """Something else needs it as it is."""

    code = "in_use"
    status = 409
    kind = "invalid_request_error"


class TooMany(ProsaError):
    """There is no room for one more."""

    code = "too_many_entries"
    status = 409
    kind = "invalid_request_error"

    def __init__(self, most: int) -> None:
        super().__init__(f"There can be at most {most}.")


class TooManyTrials(ProsaError):
    """Other providers are being tried at this moment."""

    code = "too_many_trials"
    status = 429
    kind = "rate_limit_error"

    def __init__(self) -> None:
        super().__init__("Other providers are being tried just now; try again in a few seconds.", retry_after=5.0)
