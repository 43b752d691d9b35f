"""The treatment period as printed, beside the period as coded."""

from collections.abc import Callable
from datetime import date

import pytest

from connectors.cda.posology.period import Period, printed_period
from schemas.connector import Reading
from schemas.finding import FindingCode

Readings = Callable[..., Reading]
ROW = (
    "<table><thead><tr><th>Durée du traitement</th><th>Médicament</th><th>Posologie</th></tr>"
    '</thead><tbody><tr><td>{}</td><td><content ID="m">PARACETAMOL</content></td>'
    "<td>1 comprimé le matin</td></tr></tbody></table>"
)
ENTRY = '<text><reference value="#m"/></text><effectiveTime xsi:type="IVL_TS">{}</effectiveTime>'
DOSE = '<doseQuantity value="1" unit="{tablet}"/>'
BOTH = '<low value="20260105"/><high value="20260111"/>'


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("du 05/01/2026 au 11/01/2026", Period(date(2026, 1, 5), date(2026, 1, 11))),
        ("Du 05/01/2026\n au 11/01/2026", Period(date(2026, 1, 5), date(2026, 1, 11))),
        ("à partir du 05/01/2026", Period(date(2026, 1, 5), None)),
        ("du 30/02/2026 au 11/03/2026", None),
        ("7 jours", None),
        ("du 05/01/2026 au 11/01/2026 inclus", None),
        ("", None),
    ],
)
def test_a_period_is_read_only_when_it_is_nothing_but_days(
    text: str, expected: Period | None
) -> None:
    assert printed_period(text) == expected


@pytest.mark.parametrize(
    ("printed", "coded", "agree"),
    [
        ("du 05/01/2026 au 11/01/2026", BOTH, True),
        ("du 05/01/2026 au 11/01/2026", '<low value="20260105"/><width value="7" unit="d"/>', True),
        ("à partir du 05/01/2026", '<low value="20260105"/><high nullFlavor="UNK"/>', True),
        ("du 05/01/2025 au 11/01/2026", BOTH, False),
        ("du 05/01/2026 au 12/01/2026", BOTH, False),
        ("à partir du 05/01/2026", BOTH, False),
        ("du 05/01/2026 au 11/01/2026", '<low value="20260105"/>', False),
        ("à partir du 05/01/2026", '<low value="20260105"/><width value="1" unit="mo"/>', False),
    ],
)
def test_a_printed_period_that_is_not_the_coded_one_contradicts_it(
    reading_of: Readings, printed: str, coded: str, agree: bool
) -> None:
    reading = reading_of(ENTRY.format(coded) + DOSE, narrative=ROW.format(printed))
    line = reading.prescriptions[0].lines[0]

    found = [(one.code, one.quoted) for one in line.posology.phases[0].findings]
    assert found == ([] if agree else [(FindingCode.TIMING_CONTRADICTED, printed)])
    assert line.text == "1 comprimé le matin"
    assert [(note.scope, note.text) for note in line.notes] == [("period", printed)]


def test_a_period_in_other_words_stays_among_the_words(reading_of: Readings) -> None:
    reading = reading_of(ENTRY.format(BOTH) + DOSE, narrative=ROW.format("7 jours"))

    assert reading.prescriptions[0].lines[0].text == "1 comprimé le matin ; 7 jours"
