"""Inspects training data, says which losses fit, and why; owns the command line."""
