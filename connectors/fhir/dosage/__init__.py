"""Dosage and Timing as the canonical posology."""
