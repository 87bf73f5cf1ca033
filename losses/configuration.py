"""How the options of a loss are written down in its configuration, which ends up in model cards."""

import functools
from typing import Any

#: By the name that a model has for its similarity, the function.
_MEASURES = {
    "cosine": "cos_sim",
    "dot": "dot_score",
    "euclidean": "euclidean_sim",
    "manhattan": "manhattan_sim",
    "meanmaxsim": "mean_maxsim",
}


def full_name(thing: object) -> str:
    """Module and name of a class, or of an object's class."""
    cls = thing if isinstance(thing, type) else type(thing)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def function_name(function: Any) -> str:
    """A readable name of anything that can be called.

    The name of a function; of a :func:`functools.partial`, the name with the arguments it binds; of a model's own
    ``similarity`` or ``similarity_pairwise``, that of the function behind it; of an object with a ``get_config_dict``,
    its class with that configuration; of any other object, its class.
    """
    if isinstance(function, functools.partial):
        bound = [*map(repr, function.args), *(f"{key}={value!r}" for key, value in function.keywords.items())]
        return function_name(function.func) + (f"({', '.join(bound)})" if bound else "")
    name: str = getattr(function, "__name__", type(function).__name__)
    measure = getattr(getattr(function, "__self__", None), "similarity_fn_name", None)
    if measure is not None and name in ("similarity", "similarity_pairwise"):
        of_all = _MEASURES.get(str(measure), str(measure))
        if name == "similarity":
            return of_all
        return f"{of_all}_pairwise" if "maxsim" in of_all else f"pairwise_{of_all}"
    describe = getattr(function, "get_config_dict", None)
    if describe is not None:
        return f"{name}({', '.join(f'{key}={value!r}' for key, value in describe().items())})"
    return name


def member_name(owner: type, function: Any) -> str:
    """``Owner.MEMBER`` if the function is a member of that collection of functions, else :func:`function_name`."""
    for name in vars(owner):
        if not name.startswith("_") and getattr(owner, name) is function:
            return f"{owner.__name__}.{name}"
    return function_name(function)
