"""What stops a start, in one line."""


class StartRefused(Exception):
    """prosa can't start so; the text is one line for the person at the terminal, and the exit status is 2."""


class SettingRefused(StartRefused):
    """A setting's value is not what it must be; names the setting, its place, the value unless secret, and what was expected."""


def shown(value: str, *, secret: bool = False) -> str:
    """A value as a one-line message may repeat it: bounded, escaped, and not at all when it is a secret."""
    if secret:
        return "(not shown)"
    short = value if len(value) <= 80 else value[:77] + "..."
    return repr(short)
