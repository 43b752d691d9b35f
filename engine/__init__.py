"""The engine: one road from bytes to a validated schedule and back."""
