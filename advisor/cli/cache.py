"""`advisor cache`: what mining keeps of its work."""

from pathlib import Path
from typing import Annotated

import typer

from advisor.cli import options
from advisor.cli.messages import print_json, tell
from converters.errors import InputError, quote

cache = typer.Typer(help="See and remove what mining keeps of its work.", no_args_is_help=True)

WorkFolder = Annotated[
    str | None,
    typer.Option("--work-dir", metavar="DIR", help="This folder, instead of the usual one.", show_default=False),
]


@cache.command("list")
def cache_list(work_dir: WorkFolder = None, as_json: options.AsJson = False) -> None:
    """List what is kept: which stage, how large, how old, when last used; open is what can still grow."""
    from advisor.cache import listed
    from converters.mining.cache import kept_in

    folder = _work_folder(work_dir)
    kept = kept_in(folder)
    if as_json:
        print_json({"folder": str(folder), "kept": [each.to_dict() for each in kept]})
    else:
        print("\n".join(listed(folder, kept)))  # noqa: T201


@cache.command("size")
def cache_size(work_dir: WorkFolder = None, as_json: options.AsJson = False) -> None:
    """Say how much is kept, and where."""
    from advisor.cache import summed
    from converters.mining.cache import kept_in

    folder = _work_folder(work_dir)
    kept = kept_in(folder)
    if as_json:
        print_json({"folder": str(folder), "size": sum(each.size for each in kept), "stages": len(kept)})
    else:
        print(summed(folder, kept))  # noqa: T201


@cache.command("prune")
def cache_prune(
    work_dir: WorkFolder = None,
    older_than: Annotated[
        str | None,
        typer.Option("--older-than", metavar="TIME", help="What was not used for 12h, 30d, 2w.", show_default=False),
    ] = None,
    max_size: Annotated[
        str | None,
        typer.Option(
            "--max-size", metavar="SIZE", help="What was used longest ago, down to 500MB, 10GB.", show_default=False
        ),
    ] = None,
    everything: Annotated[bool, typer.Option("--all", help="Everything.")] = False,
    as_json: options.AsJson = False,
) -> None:
    """Remove what is kept; what a run is using stays."""
    from advisor.cache import summed
    from converters.mining.cache import bytes_of, prune, seconds_of

    folder = _work_folder(work_dir)
    removed, busy = prune(
        folder,
        older_than=None if older_than is None else seconds_of(older_than),
        max_size=None if max_size is None else bytes_of(max_size),
        everything=everything,
    )
    if as_json:
        shown = {"removed": [each.to_dict() for each in removed], "in_use": [each.to_dict() for each in busy]}
        print_json({"folder": str(folder), **shown})
        return
    print(f"removed from {summed(folder, removed)}")  # noqa: T201
    for each in busy:
        tell(f"note: {each.name} is in use and stays")


def _work_folder(given: str | None) -> Path:
    """The folder that was named, or the usual one."""
    from converters.mining import default_folder

    if given is None:
        return default_folder()
    if not (folder := Path(given).expanduser()).is_dir():
        raise InputError(f"there is no folder {quote(given, 200)}: name the one that was given to convert")
    return folder
