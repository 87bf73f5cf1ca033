"""The errors that a user can mend."""

#: How many characters a message has at most.
LONGEST = 400

#: How many of them are names that are known, where one is not.
_KNOWN = 280


class InputError(ValueError):
    """The call or the data is wrong, in a way that whoever made the call can put right.

    The message is one line: what is wrong, where, and what to try next. The command line prints it and exits with
    status 2; nothing has been written when it is raised. Texts from the data must not go into a message unescaped:
    use `quote` for them.

    Whatever slips through is put on one line and shown by its codes, and of a message that is too long the middle is
    left out.
    """

    def __init__(self, message: object) -> None:
        shown = printable(message)
        if len(shown) > LONGEST:
            shown = f"{shown[: LONGEST - 151].rstrip()} … {shown[-148:].lstrip()}"
        super().__init__(shown)


class NoRowsError(InputError):
    """The data can be read, and no row of it can be used."""


class TooFewError(NoRowsError):
    """The data has too little of what this way takes: another way is meant for such data, if there is one."""


def quote(text: object, limit: int = 60) -> str:
    """Quotes a piece of foreign text for a message: on one line, without control characters, cut to `limit`."""
    shown = printable(str(text)[: limit + 1])
    if len(shown) > limit:
        shown = shown[: limit - 1] + "…"
    return f"'{shown}'"


def printable(text: object) -> str:
    """Foreign text on one line and without control characters, which are shown by their codes."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in str(text))


def nearest(name: str, known: "list[str] | tuple[str, ...]") -> str:
    """Ends a message about an unknown name: the nearest known one if there is one close by, else all of them."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    if close:
        return f"did you mean {quote(close[0])}?"
    shown = [printable(each[:40]) for each in known]
    fitting = next((i for i in range(len(shown)) if len(", ".join(shown[: i + 1])) > _KNOWN), len(shown))
    rest = len(shown) - fitting
    return "known: " + ", ".join(shown[:fitting]) + (f" and {rest} more" if rest else "")
