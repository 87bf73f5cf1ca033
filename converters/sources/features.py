"""Names of classes, as `datasets` keeps them beside the data."""

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa


def class_names_in(features: Any) -> dict[str, tuple[str, ...]]:
    """The names of the class ids by column, from the JSON of a `datasets.Features`; what is no such JSON has none.

    A field of a record goes by the names of both, as in `record.field`.
    """
    found: dict[str, tuple[str, ...]] = {}
    if not isinstance(features, Mapping):
        return found
    for column, feature in features.items():
        if not isinstance(feature, Mapping):
            continue
        names = feature.get("names")
        if isinstance(names, list) and feature.get("_type") == "ClassLabel":
            found[str(column)] = tuple(map(str, names))
        elif "_type" not in feature:
            found.update({f"{column}.{field}": names for field, names in class_names_in(feature).items()})
    return found


def class_names_of(schema: pa.Schema) -> dict[str, tuple[str, ...]]:
    """The names of the class ids by column, from the metadata that `datasets` leaves in a schema."""
    try:
        return class_names_in(json.loads((schema.metadata or {})[b"huggingface"])["info"]["features"])
    except (KeyError, TypeError, ValueError):
        return {}
