"""Opens whatever holds training data and shows it as splits of Arrow record batches."""

from converters.sources.open import open_source
from converters.sources.source import Source, Split

__all__ = ["Source", "Split", "open_source"]
