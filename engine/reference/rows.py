"""The files of the BDPM: what a row of each holds, and what may be wrong with it.

Source: ANSM, "Contenu et format des fichiers téléchargeables dans la BDPM", version 4 of
27/08/2025; what is checked was measured on the files of May 2026. A check gives what is wrong
with a row by itself; whether what it names is in the release is seen by `release`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from typing import NamedTuple, TypeAlias

from schemas.keys import ean13_is_valid
from schemas.reference import RowFault

Cells: TypeAlias = tuple[str, ...]
Check: TypeAlias = Callable[[Cells], Iterable[RowFault]]

_CIS = re.compile(r"6[0-9]{7}")
_ATC = re.compile(r"[A-Z][0-9]{2}[A-Z]{2}([0-9]{2})?")
_GROUPED = re.compile(r"[0-9]{1,3}(,[0-9]{3})+,[0-9]{2}")
_PRICE = re.compile(r"[0-9]+,[0-9]{2}")


class File(NamedTuple):
    """One file of a release: the column of its CIS, how many columns, and the check of a row.

    `lists_the_past` is true of a register that keeps products which are no longer published.
    """

    name: str
    columns: int
    check: Check
    cis: int = 0
    required: bool = True
    lists_the_past: bool = False


def is_cis(text: str) -> bool:
    """Whether the text has the shape of a CIS: eight digits, the first a 6."""
    return _CIS.fullmatch(text) is not None


def is_cip13(text: str) -> bool:
    """Whether the text is a CIP13: 3400, not 34008, with its EAN-13 key."""
    return text.startswith("3400") and text[4:5] != "8" and ean13_is_valid(text)


def is_ucd13(text: str) -> bool:
    """Whether the text is a UCD13: 34008 and its EAN-13 key."""
    return text.startswith("34008") and ean13_is_valid(text)


def _product(cells: Cells) -> Iterator[RowFault]:
    if not is_cis(cells[0]):
        yield RowFault.CIS
    if cells[7] and day_of(cells[7]) is None:
        yield RowFault.DATE


def _presentation(cells: Cells) -> Iterator[RowFault]:
    if not is_cis(cells[0]):
        yield RowFault.CIS
    if not is_cip13(cells[6]):
        yield RowFault.CIP13
    elif cells[1] != cells[6][5:12]:
        yield RowFault.CIP7
    if cells[5] and day_of(cells[5]) is None:
        yield RowFault.DATE
    if cells[9] and price_of(cells[9]) is None:
        yield RowFault.PRICE


def _component(cells: Cells) -> Iterator[RowFault]:
    if not is_cis(cells[0]):
        yield RowFault.CIS
    if cells[6] not in _NATURES:
        yield RowFault.NATURE


def _condition(cells: Cells) -> Iterator[RowFault]:
    if not is_cis(cells[0]):
        yield RowFault.CIS


def _class(cells: Cells) -> Iterator[RowFault]:
    if not is_cis(cells[0]):
        yield RowFault.CIS
    if not _ATC.fullmatch(cells[1]):
        yield RowFault.ATC


def _group(cells: Cells) -> Iterator[RowFault]:
    if not is_cis(cells[2]):
        yield RowFault.CIS


_NATURES = {"SA": False, "FT": True, "ST": True}
"""Whether a row of the composition is the active part; the document says ST, the file FT."""

PRODUCTS = File("CIS_bdpm.txt", 12, _product)
PRESENTATIONS = File("CIS_CIP_bdpm.txt", 13, _presentation)
COMPOSITION = File("CIS_COMPO_bdpm.txt", 8, _component)
CONDITIONS = File("CIS_CPD_bdpm.txt", 2, _condition)
CLASSES = File("CIS_MITM.txt", 4, _class, required=False)
GENERICS = File("CIS_GENER_bdpm.txt", 5, _group, cis=2, required=False, lists_the_past=True)

FILES: Mapping[str, File] = {
    file.name.casefold(): file
    for file in (PRODUCTS, PRESENTATIONS, COMPOSITION, CONDITIONS, CLASSES, GENERICS)
}
"""By their name in small letters, the products first."""


def is_active_part(nature: str) -> bool:
    """Whether a component is the active part of a substance (FT), not the substance itself."""
    return _NATURES[nature]


def day_of(text: str) -> date | None:
    """A day as the files write it, `31/01/2026`; `None` when it is none."""
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()  # noqa: DTZ007
    except ValueError:
        return None


def price_of(text: str) -> Decimal | None:
    """A price in euros: `24,34`; the first of two commas groups thousands, `1,466,29`."""
    if _GROUPED.fullmatch(text):
        text = text.replace(",", "", text.count(",") - 1)
    elif not _PRICE.fullmatch(text):
        return None
    return Decimal(text.replace(",", "."))


def yes_or_no(text: str) -> bool | None:
    """`True` for `Oui` or `oui`, `False` for `Non`, else `None`."""
    return {"oui": True, "non": False}.get(text.casefold())
