"""The last stage with files: rows that are written batch by batch and mapped into memory."""

from typing import Unpack

import pyarrow as pa

from converters.mining.assemble import RowOptions, rows_of
from converters.mining.mined import Mined
from converters.mining.workspace import Stage, Workspace, hash_of_numbers, hash_of_texts


def kept_rows(
    workspace: Workspace, mined: Mined, output_format: str, **options: Unpack[RowOptions]
) -> tuple[pa.Table, Stage]:
    """The rows that `assemble` makes, from files in the work folder: however many there are, they take no memory.

    The rows depend on what was mined and on nothing else; where they are there already, nothing is written.

    Args:
        workspace: where the files go: Arrow streams, one a batch.
        mined, output_format, options: as for `assemble`.

    Returns:
        The rows, mapped into memory; and the stage with their files, `rows-00000.arrow` and so on.
    """
    rows = rows_of(mined, output_format, **options)
    stage = workspace.stage(
        "rows",
        {
            "format": output_format,
            "options": options,
            "texts": [hash_of_texts(mined.queries), hash_of_texts(mined.documents)],
            "pairs": [hash_of_numbers(each) for each in (*vars(mined.pairs).values(), mined.pair_scores)],
            "negatives": [hash_of_numbers(each) for each in (mined.negatives, mined.negative_scores)],
        },
    )
    if stage.finished is None:
        count = 0
        for count, batch in enumerate(rows, start=1):
            if not stage.has(_name(count - 1)):
                with stage.whole(_name(count - 1)) as path, pa.ipc.new_stream(str(path), rows.schema) as writer:
                    writer.write_batch(batch)
        stage.finish(files=count)
    assert stage.finished is not None
    parts = [_read(stage, _name(i)) for i in range(stage.finished["files"])]
    return pa.concat_tables(parts) if parts else rows.schema.empty_table(), stage


def _read(stage: Stage, name: str) -> pa.Table:
    try:
        return pa.ipc.open_stream(pa.memory_map(str(stage.path(name)))).read_all()
    except (pa.ArrowException, OSError) as error:
        raise stage.damaged(name) from error


def _name(number: int) -> str:
    return f"rows-{number:05}.arrow"
