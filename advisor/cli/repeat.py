"""`advisor convert --from-manifest`: does a conversion again."""

from dataclasses import replace
from typing import Any

from advisor.cli.messages import print_json, silent, tell, tell_nothing, telling_what_is_kept
from converters.errors import InputError, printable, quote

#: What may be said beside `--from-manifest`: where things are, and nothing that changes the rows.
_BESIDE_A_MANIFEST = frozenset(
    {"dataset", "out", "rejects", "overwrite", "dry_run", "work_dir", "no_cache", "config", "no_config", "quiet"}
    | {"as_json", "push_to_hub", "public", "from_manifest"}
)


def repeat(manifest: str, said: list[str], given: dict[str, Any], *, quiet: bool, as_json: bool) -> None:
    """Does again what a manifest tells of."""
    from advisor.conversion import convert_to_file
    from advisor.repeating import read_manifest
    from converters.writing import manifest_path

    if other := [name for name in said if name not in _BESIDE_A_MANIFEST]:
        options = ", ".join("--" + name.replace("_", "-") for name in other)
        raise InputError(f"--from-manifest repeats what was done, so {options} cannot be said beside it: leave one out")
    if given["out"] == "-":
        raise InputError("a conversion writes its manifest beside its output, so -o wants a file or a folder, not -")
    again = read_manifest(manifest, given["dataset"])
    mining = again.arguments.get("mining")
    if mining is not None:
        again.arguments["mining"] = replace(mining, work_dir=given["work_dir"], cache=not given["no_cache"])
    out = given["out"] or again.out
    with silent(quiet), telling_what_is_kept():
        try:
            outcome = convert_to_file(
                again.dataset,
                out,
                rejects=given["rejects"],
                overwrite=given["overwrite"],
                dry_run=given["dry_run"],
                push_to_hub=given["push_to_hub"],
                public=given["public"],
                note=tell_nothing if quiet else tell,
                **again.arguments,
            )
        except (TypeError, AttributeError) as error:  # a value that somebody has edited
            raise InputError(
                f"the manifest {quote(manifest, 200)} holds a value that is none: {quote(error)}"
            ) from error
    if not quiet and not given["dry_run"]:
        tell(f"note: {again.verdict(manifest_path(out))}")
    if as_json:
        print_json(outcome.to_dict())
    else:
        print("\n".join(map(printable, outcome.lines())))  # noqa: T201
