"""The history of the tables: forward only, one file a change."""
