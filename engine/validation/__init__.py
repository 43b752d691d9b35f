"""Validation: who may decide, in which state, with which reason, and what must be answered first.

Pure: the caller passes the decider, the clock and the digests, and stores what comes back.
"""
