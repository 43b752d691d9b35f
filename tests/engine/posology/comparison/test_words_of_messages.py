"""Whole messages whose words stand beside their structure: each format, and our own exports."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

import constructs_cda
import pytest
from builders import REFERENCE, a_frequency, a_phase
from builders import a_line as the_line_of
from hl7v2_messages import an_order, read_text, rxe
from plans import paris, schedule_of
from pn13_messages import DAILY_FREQUENCY, a_line, a_message, a_posology, reading_of

from connectors.cda.read import read as read_cda
from connectors.fhir.dosage.read import read_dosages
from connectors.fhir.writing.dosage import write_dosages
from connectors.trail import Trail
from engine.pipeline.assess import assess
from engine.posology.comparison.compare import compare, compare_all
from engine.posology.expand import expand
from engine.posology.text.propose import propose
from schemas.connector import Reading
from schemas.delivery import ReleasedLine
from schemas.finding import FindingCode
from schemas.posology import Bounds, Cycle, Phase, Posology, Rhythm, Weekday

TEXTS = (FindingCode.TEXT_CONTRADICTS, FindingCode.TEXT_ADDS, FindingCode.TEXT_UNREAD)
START = "2026-03-02T00:00:00+01:00"


def _of_texts(reading: Reading) -> set[FindingCode]:
    (prescription,) = assess(reading, REFERENCE).prescriptions
    (line,) = prescription.lines
    return {finding.code for finding in line.findings if finding.code in TEXTS}


def _labelled(words: str) -> Reading:
    """A PN13 line of one tablet a day with a label of its own."""
    label = f"<Libellé_élément_prescr>{words}</Libellé_élément_prescr>"
    return reading_of(a_message(a_line(a_posology(DAILY_FREQUENCY), inside=label)))


@pytest.mark.parametrize("words", ["1 comprimé une fois par jour", "1 cp par jour"])
def test_the_label_of_a_pn13_line_agrees(words: str) -> None:
    assert _of_texts(_labelled(words)) == set()


def test_the_label_of_a_pn13_line_may_name_its_product() -> None:
    words = "PARACETAMOL EXEMPLE 1000 mg, comprimé : 1 cpr par jour (1000 mg)"

    assert _of_texts(_labelled(words)) == set()


def test_the_label_of_a_pn13_line_contradicts_or_adds() -> None:
    assert _of_texts(_labelled("1 comprimé 2 fois par jour")) == {TEXTS[0]}
    assert TEXTS[1] in _of_texts(_labelled("1 comprimé par jour si douleur"))


def _ordered(*segments: str) -> Reading:
    return read_text(an_order(rxe(), *segments, "TQ1|1||BID|||||20260302", "RXR|PO"))


def test_the_notes_of_an_order_agree_contradict_or_add() -> None:
    agreeing = _ordered("NTE|1||1 comprimé 2 fois par jour")
    contradicting = _ordered("NTE|1||1 comprimé 3 fois par jour")
    adding = _ordered("NTE|1||1 comprimé 2 fois par jour sauf le dimanche")

    assert _of_texts(agreeing) == set()
    assert _of_texts(contradicting) == {TEXTS[0]}
    assert _of_texts(adding) == {TEXTS[1]}


def test_the_instructions_of_an_encoded_order_are_compared() -> None:
    told = "RXE||P1^PRODUIT^L|1||TAB^comprimé" + "|" * 16 + "^{}"
    said = [
        _of_texts(read_text(an_order(told.format(words), "TQ1|1||BID|||||20260302", "RXR|PO")))
        for words in ("2 fois par jour", "3 fois par jour", "2 fois par jour pendant 7 jours")
    ]

    assert said == [set(), {TEXTS[0]}, {TEXTS[1]}]


def _narrated(words: str) -> Reading:
    """A CDA line of one tablet every morning, whose narrative says how it is taken."""
    timing = (
        '<effectiveTime xsi:type="IVL_TS"><low value="20260302"/></effectiveTime>'
        '<effectiveTime xsi:type="PIVL_TS" operator="A" institutionSpecified="true">'
        '<period value="24" unit="h"><translation><originalText><reference value="#how"/>'
        "</originalText></translation></period></effectiveTime>"
    )
    document = constructs_cda.message(timing, START).decode()
    said = f'<content ID="how">{words}</content></text>'
    return read_cda(document.replace("</text>", said, 1).encode(), REFERENCE)


def test_the_narrative_of_a_document_agrees_or_contradicts() -> None:
    assert _of_texts(_narrated("1 fois/j")) == set()
    assert _of_texts(_narrated("2 fois/j")) == {TEXTS[0]}


def _every_two_weeks() -> Phase:
    rhythm = Rhythm(
        frequency=a_frequency(2, "2", "wk"), weekdays=(Weekday.MONDAY, Weekday.WEDNESDAY)
    )
    bounds = Bounds(start=date(2026, 3, 4))
    return a_phase(moments=["MORN"], bounds=bounds).model_copy(update={"rhythm": rhythm})


def _in_cycles() -> Phase:
    bounds = Bounds(start=date(2026, 3, 2))
    rhythm = Rhythm(cycle=Cycle(days_on=21, days_off=7))
    return a_phase(moments=["EVE"], bounds=bounds).model_copy(update={"rhythm": rhythm})


EXPORTED = [
    _every_two_weeks(),
    _in_cycles(),
    a_phase(frequency=a_frequency(1, "3"), bounds=Bounds(start=date(2026, 3, 3))),
    a_phase(moments=["MORN", "EVE"], bounds=Bounds(start=date(2026, 3, 2))),
]


def _read_back(phase: Phase, first: str) -> Sequence[Phase]:
    """What a reader of ours makes of our own export of a phase."""
    schedule = schedule_of(phase, start="2026-03-02 00:00")
    begins, days = paris(first), 28
    planned = tuple(expand(schedule, REFERENCE, begins, days))
    released = ReleasedLine(line=the_line_of(phase), schedule=schedule, planned=planned)
    written = list(write_dosages(released, begins, days))
    return read_dosages(_plain(written), "dosage", Trail(), REFERENCE)


def _plain(written: object) -> list[dict[str, object]]:
    """The JSON without its empty places, as it leaves."""
    kept = _without_empty(written)
    assert isinstance(kept, list)
    return kept


def _without_empty(given: object) -> object:
    match given:
        case dict():
            found = {key: _without_empty(value) for key, value in given.items()}
            return {key: value for key, value in found.items() if value not in (None, [], {})}
        case list() | tuple():
            return [_without_empty(value) for value in given]
        case float():
            return Decimal(str(given))
        case _:
            return given


@pytest.mark.parametrize("phase", EXPORTED)
@pytest.mark.parametrize("first", ["2026-03-02 00:00", "2026-03-09 00:00"])
def test_our_own_export_read_back_agrees_with_itself(phase: Phase, first: str) -> None:
    phases = _read_back(phase, first)

    assert phases
    assert compare_all(Posology(phases=tuple(phases))) == ()


def test_the_day_from_which_weeks_are_counted_is_compared_with_the_start() -> None:
    weekly = _every_two_weeks()

    same, other = ("Semaines comptées à partir du " + day for day in ("16/02/2026", "23/02/2026"))
    daily = a_phase(frequency=a_frequency(1, "3"), bounds=Bounds(start=date(2026, 3, 4)))

    assert compare(propose(same), [weekly]) == ()
    assert [f.code for f in compare(propose(other), [weekly])] == [TEXTS[0]]
    assert compare(propose("Jours comptés à partir du 01/03/2026"), [daily]) == ()
    assert [f.code for f in compare(propose("Jours comptés à partir du 02/03/2026"), [daily])] == [
        TEXTS[0]
    ]


def test_dated_intakes_lie_within_the_days_that_the_text_names() -> None:
    dates = tuple(paris(f"2026-03-{day:02d} 08:00") for day in (2, 5))
    dated = a_phase().model_copy(update={"rhythm": Rhythm(dates=dates)})

    inside, outside = (
        "Prises datées du 02/03/2026 au " + day for day in ("29/03/2026", "04/03/2026")
    )

    assert compare(propose(inside), [dated]) == ()
    assert [f.code for f in compare(propose(outside), [dated])] == [TEXTS[0]]
