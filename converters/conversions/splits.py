"""Converting several splits of a dataset, so that labels mean the same in all of them."""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace

from converters.canonical import Changes, OnError
from converters.conversions.intake import Reading
from converters.conversions.parts import added
from converters.conversions.planning import Plan
from converters.conversions.running import Converted, convert_split
from converters.conversions.settings import Options
from converters.conversions.whole import are_secret, lacking, settled_by_all
from converters.errors import InputError, NoRowsError, quote
from converters.mends import Mended
from converters.piles import Room
from converters.rejects import Rejects
from converters.sources.source import Source


def convert_splits(
    source: Source,
    splits: Sequence[str],
    way: Plan,
    *,
    input_format: str,
    columns: Mapping[str, str],
    options: Options,
    fixes: Collection[str] | None = (),
    on_error: OnError = "stop",
    room: Room | None = None,
    rejects: Rejects | None = None,
    whole: Source | None = None,
    note: Callable[[str], None] = lambda line: None,
) -> dict[str, Converted]:
    """Converts splits, all of them the same way.

    The scale of scores, the ids of classes and the like are settled once, by the labels of all splits that there are.
    What the first split needs decides on the plan; another split without a usable row is left out, as a test split
    without labels may be. A row that stands in two splits leaves the one that comes first, if that is to be mended.

    Args:
        source: the source.
        splits: the splits; the first is the one to train on.
        way: the plan.
        input_format, columns, options, fixes, on_error, room, rejects: as for `convert_split`.
        whole: the source with all its splits, where it has more.
        note: told of splits that are left out.

    Returns:
        What came of each split, in the order of the source.

    Raises:
        InputError: as for `convert_split`.
    """
    reading = Reading(input_format, columns, None, on_error)
    first, *_ = splits
    fitting = [name for name in splits if name == first or _fits(source, name, first, reading, note)]
    settled, options = settled_by_all(whole or source, fitting, way, reading, options)
    done: dict[str, Converted] = {}
    for place, name in enumerate(fitting):
        if name != first:
            way = replace(done[first].plan, otherwise=None)
            # What is written of mining is written of the split to train on.
            options = replace(options, mining=replace(options.mining, report=None))
            if source.is_collection or input_format == "grouped":  # the first split has settled whether it has enough
                options = replace(options, part=True)
        try:
            done[name] = convert_split(
                source,
                name,
                way,
                input_format=input_format,
                columns=columns,
                options=options,
                fixes=fixes,
                on_error=on_error,
                room=room,
                settled=settled,
                others=fitting[place + 1 :] if len(splits) > 1 else None,
                rejects=rejects,
            )
        except NoRowsError as error:
            if name == first:
                raise
            note(f"note: the split {quote(name, 40)} is left out: {error}")
        except InputError as error:
            if len(splits) == 1:
                raise
            raise InputError(f"split {quote(name, 40)}: {error}") from error
    return {name: done[name] for name in source.splits if name in done}


def _fits(source: Source, name: str, first: str, reading: Reading, note: Callable[[str], None]) -> bool:
    """Whether a split has the columns that are read, and scores where there are to be some."""
    rows = source.splits[name]
    why = None
    if missing := lacking(rows, source.splits[first], reading):
        why = f"it has no column {', '.join(quote(each, 40) for each in missing)}"
    elif are_secret(rows, reading):
        why = "all its scores are -1, which stands for scores that are not told"
    if why is not None:
        note(f"note: the split {quote(name, 40)} is left out: {why}")
    return why is None


def changes_of(parts: Mapping[str, Converted]) -> Changes:
    """What was changed in all splits together."""
    together = Changes()
    for part in parts.values():
        together.add(replace(part.changes, rejects=[]))
    return together


def left_out_of(parts: Mapping[str, Converted]) -> dict[str, int]:
    """What the steps could not use of all splits together."""
    return added([part.left_out for part in parts.values()])


def mended_of(parts: Mapping[str, Converted]) -> Mended:
    """What was mended in all splits together."""
    every = [part.mended for part in parts.values()]
    return Mended(added([each.dropped for each in every]), added([each.rewritten for each in every]))
