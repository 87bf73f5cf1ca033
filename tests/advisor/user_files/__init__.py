"""Files as users make them, with the reading that an inspection should give."""
