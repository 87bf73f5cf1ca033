"""What is odd about the wording of texts, and how to put it right: for checks and mends alike."""
