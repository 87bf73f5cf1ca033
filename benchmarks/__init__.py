"""Benchmarks: what the README and the docs claim, measured."""
