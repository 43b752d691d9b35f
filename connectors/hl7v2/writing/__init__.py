"""Segments that leave: built with hl7apy and checked before they go."""
