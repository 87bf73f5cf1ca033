"""The errors that a user can mend."""


class InputError(ValueError):
    """The call or the data is wrong, in a way that whoever made the call can put right.

    The message is one line: what is wrong, where, and what to try next. The command line prints it and exits with
    status 2; nothing has been written when it is raised. Texts from the data must not go into a message unescaped:
    use `quote` for them.
    """


def quote(text: object, limit: int = 60) -> str:
    """Quotes a piece of foreign text for a message: on one line, without control characters, cut to `limit`."""
    shown = str(text)
    if len(shown) > limit:
        shown = shown[: limit - 1] + "…"
    return f"'{printable(shown)}'"


def printable(text: object) -> str:
    """Foreign text on one line and without control characters, which are shown by their codes."""
    return "".join(char if char.isprintable() else f"\\x{ord(char):02x}" for char in str(text))


def nearest(name: str, known: "list[str] | tuple[str, ...]") -> str:
    """Ends a message about an unknown name: the nearest known one if there is one close by, else all of them."""
    import difflib

    close = difflib.get_close_matches(name, known, n=1)
    return f"did you mean {quote(close[0])}?" if close else "known: " + ", ".join(known)
