"""Reads the files of a published product reference: bytes to rows, rows to products. Pure."""
