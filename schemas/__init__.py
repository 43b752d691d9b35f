"""The canonical model: what every other room speaks, and nothing that does."""
