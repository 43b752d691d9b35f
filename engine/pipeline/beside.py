"""The lines that stand beside a prescription: those of the others of one message and patient."""

from collections.abc import Mapping, Sequence

from engine.review.case import ENDED
from engine.review.plain import plain
from schemas.people import Patient
from schemas.prescription import Line, Prescription


def lines_beside(prescription: Prescription, others: Sequence[Prescription]) -> tuple[Line, ...]:
    """The lines of the other prescriptions of the same patient, but for its own sent again.

    A line of its own that ends or suspends an order is beside it all the same, and so is one that
    says something else of the order, where neither is an event nor a later version.
    """
    own = {name: line for line in prescription.lines for name in _names(line)}
    return tuple(
        line
        for other in others
        if other.location != prescription.location and _is_same(prescription.patient, other.patient)
        for line in other.lines
        if line.action in ENDED or not _is_sent_again(line, own, _follow(prescription, other))
    )


def _names(line: Line) -> set[tuple[str, str | None]]:
    return {(each.value, each.authority) for each in line.identifiers}


def _is_sent_again(line: Line, own: Mapping[tuple[str, str | None], Line], follows: bool) -> bool:
    same = next((own[name] for name in _names(line) if name in own), None)
    if same is None:
        return False
    return follows or line.event is not None or _content(line) == _content(same)


def _content(line: Line) -> object:
    """What is prescribed and how it is taken, wherever it stands."""
    return plain((line.product.model_dump(), line.posology.model_dump()))


def _follow(one: Prescription, other: Prescription) -> bool:
    """Whether their sender numbers them as two versions."""
    versions = (one.chain.version, other.chain.version)
    return None not in versions and versions[0] != versions[1]


def _is_same(one: Patient | None, other: Patient | None) -> bool:
    """Whether two descriptions share an identifier; a patient who is not named is nobody's."""
    if one is None or other is None:
        return False
    known = {(each.value, each.authority) for each in one.identifiers}
    return one == other or any((each.value, each.authority) in known for each in other.identifiers)
