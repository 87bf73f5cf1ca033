"""Formats of training data: reading, writing, reshaping, mining. Knows data, gives no advice."""
