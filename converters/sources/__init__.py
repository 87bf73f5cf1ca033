"""Opens whatever holds training data and shows it as splits of Arrow record batches."""

from converters.sources.open import open_source
from converters.sources.options import ReadingOptions
from converters.sources.source import Source, Split

__all__ = ["ReadingOptions", "Source", "Split", "open_source"]
