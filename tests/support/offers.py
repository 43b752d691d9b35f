"""Answers to offers, as a pharmacist would give them."""

from datetime import date, datetime

from schemas.canonical import digest
from schemas.offer import Answers, CellAnswer, Content, Offer, StretchAnswer, Verdict

START = date(2026, 3, 2)
"""A Monday."""


def confirmed(offer: Offer, candidate: str = "A", start: date | datetime | None = START) -> Answers:
    """Every cell of one reading confirmed as shown, every unread stretch with a reason."""
    [chosen] = [one for one in offer.candidates if one.id == candidate]
    return Answers(
        text_sha256=offer.text_sha256,
        offer_sha256=digest(offer),
        candidate=candidate,
        start=start,
        cells=tuple(CellAnswer(cell=cell.id, verdict=Verdict.CONFIRMED) for cell in chosen.cells),
        unread=tuple(
            StretchAnswer(stretch=stretch.id, reason="sans effet") for stretch in chosen.unread
        ),
    )


def changed(answers: Answers, cell: str, verdict: Verdict, to: Content | None = None) -> Answers:
    """The answers with another answer to one cell."""
    other = CellAnswer(cell=cell, verdict=verdict, correction=to, reason="mal lu")
    kept = (other if each.cell == cell else each for each in answers.cells)
    return answers.model_copy(update={"cells": tuple(kept)})
