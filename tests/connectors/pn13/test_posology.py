"""A PN13 posology as a whole: its dates, and whatever nobody carries."""

import pytest
from pn13_messages import (
    DAILY_FREQUENCY,
    LINE,
    POSOLOGY,
    REFERENCE,
    a_line,
    a_message,
    a_posology,
    line_of,
    phase_of,
    reading_of,
    said,
)


def test_whatever_else_a_posology_says_blocks_and_is_named() -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY + "<Type_événement_fin>PH</Type_événement_fin>"))

    assert said(phase.findings) == [("timing-unsupported", "PH")]
    assert phase.findings[0].location == f"{POSOLOGY}/Type_événement_fin"
    assert "Type_événement_fin" in phase.findings[0].message


def test_prescribed_dates_stand_in_for_absent_ones_only() -> None:
    prescribed = "<Dh_début_prescrite>20260303</Dh_début_prescrite>"
    own = line_of(a_line(bounds="<Dh_début>20260302</Dh_début>" + prescribed))
    other = line_of(a_line(bounds="<Dh_début/>" + prescribed))

    assert str(own.posology.phases[0].bounds.start) == "2026-03-02"
    assert str(other.posology.phases[0].bounds.start) == "2026-03-03"


def test_a_prescribed_date_beside_the_own_one_is_the_same_or_is_told() -> None:
    dates = "<Dh_fin>20260308</Dh_fin><Dh_fin_prescrite>{}</Dh_fin_prescrite>"

    same = line_of(a_line(bounds=dates.format("20260308")))
    other = line_of(a_line(bounds=dates.format("20260310")))

    assert same.findings == ()
    assert said(other.findings) == [("element-unread", "20260310")]
    assert "Dh_fin_prescrite is stated" in other.findings[0].message
    assert str(other.posology.phases[0].bounds.end) == "2026-03-08"


def test_words_in_a_posology_that_is_doubted_already_are_told_as_well() -> None:
    lasting = "<Durée><Nombre>2</Nombre><Unité>h</Unité></Durée>"

    phase = phase_of(a_posology("sauf le lundi" + DAILY_FREQUENCY + lasting))

    assert said(phase.findings) == [
        ("element-unread", "2 h"),
        ("timing-unsupported", "sauf le lundi"),
    ]


def test_an_end_event_is_told_with_what_it_is() -> None:
    ending = """<Type_événement_fin>PH</Type_événement_fin>
    <Evénement_fin>20260305080000</Evénement_fin><Int_temps_ev_fin>8</Int_temps_ev_fin>"""

    phase = phase_of(a_posology(DAILY_FREQUENCY + ending))

    assert said(phase.findings) == [
        ("timing-unsupported", "PH"),
        ("timing-unsupported", "20260305080000"),
        ("timing-unsupported", "8"),
    ]
    assert "(événement de fin)" in phase.findings[1].message


@pytest.mark.parametrize(
    ("sent", "start"),
    [
        ("20260302", "2026-03-02"),
        ("2026030206", "2026-03-02 06:00:00+01:00"),
        ("202603020630", "2026-03-02 06:30:00+01:00"),
        ("20260702063015", "2026-07-02 06:30:15+02:00"),
    ],
)
def test_a_date_is_read_to_the_precision_of_its_sender_on_the_clock_of_the_site(
    sent: str, start: str
) -> None:
    line = line_of(a_line(bounds=f"<Dh_début>{sent}</Dh_début>"))

    assert str(line.posology.phases[0].bounds.start) == start


def test_a_date_has_the_offset_of_the_zone_of_its_site() -> None:
    overseas = REFERENCE.model_copy(update={"zone": "America/Guadeloupe"})

    reading = reading_of(a_message(a_line(bounds="<Dh_début>20260702060000</Dh_début>")), overseas)

    (phase,) = reading.prescriptions[0].lines[0].posology.phases
    assert str(phase.bounds.start) == "2026-07-02 06:00:00-04:00"


def test_a_date_of_sixteen_digits_loses_its_last_two() -> None:
    zero = line_of(a_line(bounds="<Dh_début>2026030206000000</Dh_début>"))
    other = line_of(a_line(bounds="<Dh_début>2026030206000042</Dh_début>"))

    for line in (zero, other):
        start = line.posology.phases[0].bounds.start
        assert start is not None
        assert start.isoformat() == "2026-03-02T06:00:00+01:00"
    assert "structure-invalid" not in [f.code.value for f in zero.posology.phases[0].findings]
    assert ("structure-invalid", "2026030206000042") in said(other.posology.phases[0].findings)


@pytest.mark.parametrize("sent", ["20260230", "2026", "demain", "20260329023000", "202603020"])
def test_a_start_that_is_no_date_blocks_the_phase(sent: str) -> None:
    line = line_of(a_line(bounds=f"<Dh_début>{sent}</Dh_début>"))

    (phase,) = line.posology.phases
    assert phase.bounds.start is None
    assert said(phase.findings)[0] == ("bounds-invalid", sent)
    assert phase.findings[0].location == f"{LINE}/Dh_début"
    assert sent not in phase.findings[0].message


def test_a_date_stated_twice_is_doubted() -> None:
    twice = "<Dh_début>20260302</Dh_début><Dh_début>20260305</Dh_début>"

    line = line_of(a_line(bounds=twice))

    assert said(line.posology.phases[0].findings)[0] == ("value-invalid", "20260305")
