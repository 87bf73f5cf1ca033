"""Schemas that nobody had in view who wrote the inspector: how well it reads what it was not tuned on."""
