"""Lists of different lengths in little memory: groups of similar length, and some rows of their matrices at a time."""

from collections.abc import Iterator
from typing import NamedTuple

import torch
from torch import Tensor

#: About so many entries are worked on at once. On a CPU they stay in its cache, on an accelerator they keep it busy.
ON_CPU = 1 << 16
ON_ACCELERATOR = 1 << 23


class Group(NamedTuple):
    """Lists whose matrices have about the same shape."""

    lists: Tensor | slice
    rows: int
    columns: int
    step: int
    """How many rows to work on at a time."""


def group_lists(rows: Tensor, columns: Tensor) -> Iterator[Group]:
    """Group lists so that little is padded: each group holds no more entries than fit, or a single list.

    Args:
        rows: how many rows the matrix of each list has, (lists,).
        columns: how many columns, (lists,).

    Yields:
        Groups of all lists whose matrices are not empty, with the largest number of rows and of columns in them.
    """
    budget = ON_CPU if rows.device.type == "cpu" else ON_ACCELERATOR
    shapes = torch.stack((rows, columns)).tolist()
    heights, widths = shapes
    high, wide = max(heights, default=0), max(widths, default=0)
    if not high or not wide:
        return
    if high * wide * len(heights) <= budget:
        yield Group(slice(None), high, wide, high)
        return
    order = sorted(range(len(heights)), key=lambda each: heights[each] * widths[each], reverse=True)
    start = 0
    while start < len(order) and heights[order[start]] and widths[order[start]]:
        high = wide = stop = 0
        for stop in range(start, len(order)):
            taller, wider = max(high, heights[order[stop]]), max(wide, widths[order[stop]])
            if stop > start and taller * wider * (stop + 1 - start) > budget:
                break
            high, wide = taller, wider
        else:
            stop = len(order)
        chosen = order[start:stop]
        whole = chosen == list(range(chosen[0], chosen[0] + len(chosen)))
        lists = slice(chosen[0], chosen[-1] + 1) if whole else torch.tensor(chosen, device=rows.device)
        yield Group(lists, high, wide, max(1, budget // (wide * len(chosen))))
        start = stop
