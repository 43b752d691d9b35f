"""Reads a posology text, French first, into a proposal that never becomes a schedule."""
