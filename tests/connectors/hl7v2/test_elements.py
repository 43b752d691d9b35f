"""Nothing of an order or an administration is dropped: every leaf leaves a trace.

The leaves are those of the field lists of hl7apy; the treatment of each field is its row in the
table `hl7v2/elements`. A field that is not in the table fails here until somebody decided.
"""

from collections.abc import Callable
from functools import cache
from typing import Any

import pytest
from hl7v2_elements import Leaf, leaves, repeated, with_leaf
from hl7v2_messages import PID, joined, msh, read_text, rxe

from connectors.hl7v2.unread import READ, UNUSED
from connectors.hl7v2.unread import SEGMENTS as OF_ORDERS
from mappings.catalogue import table
from schemas.connector import Reading
from schemas.dispense import Dispense
from schemas.finding import FindingCode
from schemas.intake import Intake
from schemas.prescription import Prescription

ELEMENTS = table("hl7v2/elements")
SEGMENTS = (*OF_ORDERS, "RXA", "RXD", "RXG")
ORC = "ORC|NW|L1^DPI||G1^DPI"
RXO = "RXO|P1^PRODUIT^L|1||TAB^comprimé"
RXE = rxe()
TQ1 = "TQ1|1||BID|||10^d|20260105"
RXR = "RXR|PO"
RXA = "RXA|0|1|202601050800|202601050800|P1^PRODUIT^L|1|TAB^comprimé|||||||||||||CP|A"
RXD = "RXD|1|P1^PRODUIT^L|20260105|30|TAB^comprimé||L1-RX"
RXG = "RXG|1||^^^202601050800|P1^PRODUIT^L|1||TAB^comprimé"
ENCODED = (ORC, RXE, TQ1, RXR)
OLD = (ORC, rxe(timing="1^BID^D10^20260105"), RXR)
BASES = {
    "encoded": ENCODED,
    "requested beside": (ORC, RXO, RXE, TQ1, RXR),
    "requested timing": (ORC, TQ1, RXE, TQ1, RXR),
    "requested alone": (ORC, TQ1, RXO, RXR),
    "old field": OLD,
    "old field of the request": ("ORC|NW|L1^DPI||G1^DPI|||1^BID^D10^20260105", RXE, RXR),
    "mixture": (ORC, RXE, TQ1, RXR, "RXC|A|S1^SUBSTANCE^L|5|MG"),
    "related": (ORC, RXE, TQ1, "TQ2|1|||||||||S", RXR),
    "administration": (ORC, RXA),
    "dispense": ("ORC|RE|L1^DPI", RXD),
    "give": ("ORC|RE|L1^DPI", RXG),
    "note": (ORC, RXE, "NTE|1||deux fois par jour", TQ1, RXR),
}
TESTED = (
    ("encoded", "ORC"),
    ("encoded", "RXE"),
    ("encoded", "TQ1"),
    ("encoded", "RXR"),
    ("requested beside", "RXO"),
    ("requested timing", "TQ1"),
    ("requested alone", "RXO"),
    ("requested alone", "TQ1"),
    ("old field", "RXE"),
    ("old field of the request", "ORC"),
    ("mixture", "RXC"),
    ("related", "TQ2"),
    ("note", "NTE"),
    ("administration", "RXA"),
    ("dispense", "RXD"),
    ("give", "RXG"),
)
CASES = sorted(
    {(base, segment, leaf.field) for base, segment in TESTED for leaf in leaves(segment)}
)
DOSE = {
    *(f"TQ1-{field}" for field in range(2, 15)),
    *(f"TQ2-{field}" for field in (2, 6, 7, 8, 9, 10)),
    *(f"RXE-{field}" for field in (1, 3, 4, 5, 7, 19, 20, 21, 22, 23, 24, 25, 26, 33, 34, 44)),
    *(f"RXO-{field}" for field in (2, 3, 4, 6, 7, 16, 17, 18, 19, 21, 22, 23, 25, 26)),
    *("ORC-1", "ORC-5", "ORC-7", "ORC-15", "RXR-1", "RXC-1", "RXC-2", "RXC-3", "RXC-4"),
    *("RXD-2", "RXD-3", "RXD-4", "RXG-4", "RXG-5", "RXG-6"),
    *("NTE-3", "RXA-2", "RXA-3", "RXA-5", "RXA-6", "RXA-7", "RXA-12", "RXA-18", "RXA-20", "RXA-21"),
}
"""Fields that change what is taken, how much or when: never listed as unused."""
SAYS_NOTHING = {
    *("TQ1-3.1.7", "TQ1-3.1.8", "TQ1-5.2.3", "TQ1-6.2.3", "TQ1-13.2.3"),
    *(f"{field}.{component}" for field in ("RXE-7", "RXE-21", "RXE-24") for component in (1, 3)),
    *(f"{field}.{component}" for field in ("RXO-6", "RXO-7", "RXO-22") for component in (1, 3)),
}
"""Parts of them that may be unused: versions and names of coding systems, codes beside words."""


def row_of(leaf: Leaf) -> str:
    """The target of the leaf: of its own row, else of its field."""
    field = f"{leaf.segment}-{leaf.field}"
    component = f"{field}.{leaf.component}"
    rows = (ELEMENTS.target_of(at) for at in (f"{component}.{leaf.part}", component, field))
    target = next((row for row in rows if row is not None), None)
    assert target is not None, f"{field} is in no row of hl7v2/elements"
    return target


def content(reading: Reading) -> tuple[Prescription | Intake | Dispense, ...]:
    return (*reading.prescriptions, *reading.intakes, *reading.dispenses)


def read_order(segments: list[str]) -> Reading:
    """The reading of an order, of a request where nothing is encoded, of an administration."""
    names = {segment[:3] for segment in segments}
    kinds = {"RXE": "RDE^O11", "RXA": "RAS^O17", "RXD": "RDS^O13", "RXG": "RGV^O15"}
    kind = next((kind for name, kind in kinds.items() if name in names), "OMP^O09")
    return read_text(joined(msh(kind), PID, *segments))


@cache
def base(name: str) -> Reading:
    return read_order(list(BASES[name]))


def injected(name: str, leaf: Leaf, inject: Callable[[str, Leaf], str] = with_leaf) -> Reading:
    """The reading of a base with the leaf in its first segment of this name."""
    segments = list(BASES[name])
    at = next(rank for rank, one in enumerate(segments) if one.startswith(leaf.segment))
    segments[at] = inject(segments[at], leaf)
    return read_order(segments)


@pytest.mark.parametrize("name", BASES)
def test_the_message_without_anything_injected_is_clean(name: str) -> None:
    reading = base(name)

    lines = [line for each in reading.prescriptions for line in each.lines]
    phases = [phase for line in lines for phase in line.posology.phases]
    assert len(lines) + len(reading.intakes) + len(reading.dispenses) == 1
    assert [one.findings for one in (*lines, *phases, *content(reading)) if one.findings] == []


def is_traced(name: str, leaf: Leaf, inject: Callable[[str, Leaf], str] = with_leaf) -> bool:
    """Whether a leaf is content or a finding, or a value that stands among the unused ones."""
    reading = injected(name, leaf, inject)
    if content(reading) != content(base(name)):
        return True
    unused = [one.value for one in reading.sources if one.gives is None]
    return row_of(leaf).split()[-1] == UNUSED and leaf.value in unused


@pytest.mark.parametrize(("name", "segment", "field"), CASES)
def test_every_leaf_of_a_field_is_content_or_a_finding_or_listed_as_unused(
    name: str, segment: str, field: int
) -> None:
    stated = [leaf for leaf in leaves(segment) if leaf.field == field]

    dropped = [str(leaf) for leaf in stated if not is_traced(name, leaf)]

    assert dropped == []


@pytest.mark.parametrize(("name", "segment", "field"), CASES)
def test_a_further_repetition_of_a_field_is_not_dropped(
    name: str, segment: str, field: int
) -> None:
    first = next(leaf for leaf in leaves(segment) if leaf.field == field)

    assert is_traced(name, first, repeated)


@pytest.mark.parametrize("row", list(ELEMENTS), ids=lambda row: row.code)
def test_a_row_says_read_or_unused_or_the_code_of_a_finding(row: Any) -> None:
    first, *rest = row.target.split()
    codes = {code.value for code in FindingCode}

    assert first in {READ, UNUSED} | codes
    assert (len(rest) == 1 and rest[0] in {UNUSED} | codes) if first == READ else not rest
    assert row.code.partition("-")[0] in SEGMENTS


def test_what_changes_a_dose_is_never_listed_as_unused() -> None:
    unused = {row.code for row in ELEMENTS if row.target.split()[-1] == UNUSED}

    assert {code for code in unused if code.partition(".")[0] in DOSE} == SAYS_NOTHING


def test_the_table_has_no_field_that_no_version_has() -> None:
    known = {f"{name}-{leaf.field}" for name in SEGMENTS for leaf in leaves(name)}

    assert {row.code for row in ELEMENTS if "." not in row.code} == known
