"""Words and amounts beside an order: instructions, the order as asked, the route, NTE.

Source: HL7 v2.5.1 §4.14.4 (RXE), §4.14.1 (RXO), §4.14.2 (RXR), §2.5.10 (NTE).
"""

from collections.abc import Iterator

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.orders.vendor import vendor_notes
from connectors.hl7v2.posology.daily import daily_notes
from connectors.hl7v2.source import Source
from schemas.posology import Posology
from schemas.prescription import Note

_REQUEST = ((1, 0), (2, 4), (3, 4), (5, 0), (18, 19), (25, 26))
"""RXO beside RXE: product, least and most amount, form, strength, volume; each with its unit."""
_BESIDE = ((2, "site"), (3, "device"), (4, "method"), (5, "routing"), (6, "site modifier"))
"""RXR beside the route."""
_NO_REMARKS = ("RXE-19", "RXO-23", "ORC-16")


def notes_of_order(source: Source, group: Group, posology: Posology) -> Iterator[Note]:
    """Words beside the order: instructions, daily dose, the order as asked, NTE."""
    rxe, rxo = group.one("RXE"), group.one("RXO")
    texts = ((rxe, 21, "RXE-21"), (rxo, 6, "RXO-6"), (rxo, 7, "RXO-7") if rxe else (None, 0, ""))
    for segment, field, scope in texts:
        if segment is not None:
            for said in all_words(source, segment, field, "line.notes"):
                yield Note(text=said, scope=scope, location=f"{segment.place}-{field}")
    yield from daily_notes(source, rxe, rxo, posology)
    if rxe is not None and rxo is not None:
        yield from _request(source, rxo)
    if group.orc is not None:
        reason = source.words(group.orc, 16, "line.notes")
        if reason:
            yield Note(text=reason, scope="ORC-16", location=group.orc.where(16))
    yield from _beside_route(source, group)
    yield from notes_of(source, group.all("NTE"))
    yield from vendor_notes(source, group)


def _request(source: Source, rxo: Segment) -> Iterator[Note]:
    """What was asked for, where RXE says what is given: shown beside it."""
    for field, unit in _REQUEST:
        said = _in_full(source, rxo, field)
        if said:
            text = f"{said} {_in_full(source, rxo, unit)}".strip() if unit else said
            yield Note(text=text, scope=f"RXO-{field}", location=f"{rxo.place}-{field}")


def _in_full(source: Source, rxo: Segment, field: int) -> str:
    """The words of a CE, its codes and their systems."""
    codes = [source.text(rxo, field, "line.notes", component) for component in (1, 3, 4, 6)]
    words = source.words(rxo, field, "line.notes")
    return " ".join(one for one in dict.fromkeys((words, *codes)) if one)


def _beside_route(source: Source, group: Group) -> Iterator[Note]:
    """Where, with what and how: the fields of RXR after the route, each wording once."""
    seen: set[tuple[int, str]] = set()
    for rxr in group.all("RXR"):
        for field, what in _BESIDE:
            said = source.words(rxr, field, "line.notes")
            if said and (field, said) not in seen:
                seen.add((field, said))
                text = f"{what}: {said}"
                yield Note(text=text, scope=f"RXR-{field}", location=f"{rxr.place}-{field}")


def remarks_of(notes: tuple[Note, ...]) -> list[str]:
    """The notes that may speak of how the product is taken: not the order as asked, nor a total."""
    silent = {*_NO_REMARKS, *(f"RXO-{field}" for field, _ in _REQUEST)}
    silent |= {f"RXR-{field}" for field, _ in _BESIDE}
    return [note.text for note in notes if note.scope not in silent]


def all_words(source: Source, segment: Segment, field: int, gives: str) -> list[str]:
    """The words of every repetition of a field."""
    found = [
        source.words(segment, field, gives, repetition) for repetition in segment.repetitions(field)
    ]
    return [one for one in found if one]


def notes_of(source: Source, segments: tuple[Segment, ...]) -> Iterator[Note]:
    """Each NTE with words, its repetitions as lines."""
    for nte in segments:
        said = [source.text(nte, 3, "notes", 1, at) for at in nte.repetitions(3)]
        text = "\n".join(one for one in said if one)
        if text:
            scope = source.words(nte, 4, "notes") or source.text(nte, 2, "notes")
            yield Note(text=text, scope=scope, location=nte.where(3))
