"""Adherence: planned intakes against what was reported, and the figures that come of it. Pure."""
