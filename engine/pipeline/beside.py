"""The lines that stand beside a prescription: those of the others of one message and patient."""

from collections.abc import Sequence

from engine.review.case import ENDED
from schemas.people import Patient
from schemas.prescription import Line, Prescription


def lines_beside(prescription: Prescription, others: Sequence[Prescription]) -> tuple[Line, ...]:
    """The lines of the other prescriptions of the same patient, but for its own sent again.

    A line of its own that ends or suspends an order is beside it all the same.
    """
    own = _identifiers(prescription.lines)
    return tuple(
        line
        for other in others
        if other.location != prescription.location and _is_same(prescription.patient, other.patient)
        for line in other.lines
        if line.action in ENDED or not own & _identifiers((line,))
    )


def _identifiers(lines: Sequence[Line]) -> set[tuple[str, str | None]]:
    return {(each.value, each.authority) for line in lines for each in line.identifiers}


def _is_same(one: Patient | None, other: Patient | None) -> bool:
    """Whether two descriptions share an identifier; a patient who is not named is nobody's."""
    if one is None or other is None:
        return False
    known = {(each.value, each.authority) for each in one.identifiers}
    return one == other or any((each.value, each.authority) in known for each in other.identifiers)
