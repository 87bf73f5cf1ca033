"""Readings of a dataset: candidate formats, each with the evidence for and against it, and how sure one can be.

Detection is a scored decision. Every candidate (a format, a role for each column, a meaning of the label) collects
evidence, each piece with a weight in logits. The candidates, and the possibility that none of them is right, then
compete in a softmax; a candidate's share is its confidence. Weights say how surprising the evidence would be if the
reading were wrong; they are judgements, kept in the order of magnitude of 1, and tested on tables of known schemas.
"""

from advisor.readings.decision import read
from advisor.readings.evidence import Evidence, Reading

__all__ = ["Evidence", "Reading", "read"]
