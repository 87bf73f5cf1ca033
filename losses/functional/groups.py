"""Lists of different lengths in little memory: groups of similar length, and some rows of their matrices at a time."""

from typing import NamedTuple

import torch
from torch import Tensor

#: About so many entries are worked on at once. On a CPU they stay in its cache, on an accelerator they keep it busy.
ON_CPU = 1 << 17
ON_ACCELERATOR = 1 << 23


class Group(NamedTuple):
    """Lists whose matrices have about the same shape."""

    lists: Tensor | slice
    rows: int
    columns: int
    step: int
    """How many rows to work on at a time."""


def fits(lists: int, rows: int, columns: int, device: torch.device) -> bool:
    """Whether that many matrices of that shape may be there at once."""
    return lists * rows * columns <= _budget(device)


def _budget(device: torch.device) -> int:
    return ON_CPU if device.type == "cpu" else ON_ACCELERATOR


def group_lists(rows: Tensor, columns: Tensor) -> list[Group]:
    """Group lists so that little is padded: each group holds no more entries than fit, or a single list.

    Args:
        rows: how many rows the matrix of each list has, (lists,).
        columns: how many columns, (lists,).

    Returns:
        Groups of all lists whose matrices are not empty, with the largest number of rows and of columns in them.
    """
    budget = _budget(rows.device)
    heights, widths = torch.stack((rows, columns)).tolist()
    groups = []
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
        groups.append(Group(lists, high, wide, max(1, budget // (wide * len(chosen)))))
        start = stop
    return groups
