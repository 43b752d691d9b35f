"""Offers the reading of a posology text cell by cell, and makes a posology of complete answers."""
