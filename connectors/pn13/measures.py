"""Body measures that come with a prescription (`Rens_compl`): weight, height, clearance.

Two spellings are published: `Code_rens_compl_N` with `Valeur_rens_compl_N`, where N is the code
again, and `Code_rens_compl` with `Valeur_rens_compl`.
"""

import re
from collections.abc import Iterator
from decimal import Decimal

from connectors.pn13 import values
from connectors.pn13.tree import Cursor, folded
from schemas.base import DateOrInstant
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.prescription import Measure
from schemas.quantity import Quantity

_CODE = re.compile(r"code_rens_compl(?:_([0-9]{1,2}))?")
_NUMBER = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,6})?")


def read_measures(header: Cursor) -> Iterator[Measure]:
    """The measures that have a number, in the order of the message.

    A value that cannot be read stays unread, for whoever tells what was left: no dose is counted
    from a measure, so that none of them blocks.
    """
    for at in header.children("Rens_compl"):
        for coded in at.children():
            shape = _CODE.fullmatch(folded(coded.name))
            if shape is not None and coded.text and shape[1] in (None, coded.text):
                yield from _measure(at, coded, f"Valeur_rens_compl_{shape[1]}" if shape[1] else "")


def _measure(at: Cursor, coded: Cursor, numbered: str) -> Iterator[Measure]:
    """The measure of one code. Its place is that of its value, whose name tells the spelling."""
    holder = at.child(numbered or "Valeur_rens_compl")
    number = holder.child("Nombre") if holder is not None else None
    if holder is None or number is None or not _NUMBER.fullmatch(number.text):
        return
    number.taken("measures.value")
    unit = holder.child("Unité")
    stated = unit.taken("measures.value.unit") if unit is not None else None
    system = unit.attribute("Phast-nomenclature", "measures.value.system") if unit else None
    coded.taken("measures.code")
    yield Measure(
        code=Coding(
            code=coded.text,
            system=coded.attribute("Phast-nomenclature", "measures.code.system"),
            display=coded.attribute("Phast-signification", "measures.code.display"),
        ),
        value=Quantity(
            value=Decimal(number.text.replace(",", ".")),
            unit=stated.text if stated else None,
            code=stated.text if stated and system else None,
            system=system,
        ),
        measured_at=_date(at, "Dh_rens_compl", "measures.measured_at"),
        recorded_at=_date(at, "Dh_enreg_rens_compl", "measures.recorded_at"),
        location=holder.place,
    )


def _date(at: Cursor, name: str, gives: str) -> DateOrInstant | None:
    """The date of this name, told and not blocking when it is none."""
    stated = at.take(name, gives=gives)
    return values.timestamp(at, stated, FindingCode.STRUCTURE_INVALID) if stated else None
