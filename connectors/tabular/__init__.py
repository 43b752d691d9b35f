"""Tables for people and machines without a standard: CSV, and the file of pill robots."""
