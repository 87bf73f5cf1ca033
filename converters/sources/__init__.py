"""Opens whatever holds training data and shows it as splits of Arrow record batches."""
