"""What can go wrong with secrets."""

from prosa.kit.errors import ProsaError


class UnknownSecret(ProsaError):
    """Something was made with a secret that this server doesn't have."""

    code = "unknown_secret"
    status = 500

    def __init__(self) -> None:
        super().__init__("This was made with a secret that the server no longer has.")


class Unsealable(ProsaError):
    """A stored field can't be opened: made with another secret, for another place, or changed since."""

    code = "unsealable"
    status = 500

    def __init__(self) -> None:
        super().__init__("A stored field can't be read with this server's secrets.")


class OtherSecrets(ProsaError):
    """The database was made with other secrets than this server's: nothing is read or written with these."""

    code = "other_secrets"
    status = 503

    def __init__(self) -> None:
        super().__init__("The database was made with other secrets than this server has.")


class SecretsUnusable(Exception):
    """The secrets can't be read or kept; the text is one line for the person at the terminal."""
