"""Limits of PN13 (elements of type 4), folded into the posology beside them."""

from decimal import Decimal

import pytest
from pn13_messages import (
    CLINICAL,
    DAILY_FREQUENCY,
    ONE_TABLET,
    a_line,
    a_posology,
    line_of,
    phase_of,
    said,
)

from schemas.quantity import Duration, PeriodUnit, Quantity


def a_limit(kind: str, number: str, unit: str) -> str:
    return f"""<Elément_posologie><Type_événement_début>4</Type_événement_début>
    <Evénement_début>{kind}</Evénement_début>
    <Quantité><Nombre>{number}</Nombre><Unité>{unit}</Unité></Quantité></Elément_posologie>"""


def test_limits_are_folded_into_the_posology_beside_them() -> None:
    limits = a_limit("1", "6", "h") + a_limit("2", "2", "cpr") + a_limit("3", "4000.0", "mg")

    phase = phase_of(a_posology(DAILY_FREQUENCY) + limits + a_limit("7", "60", "cpr"))

    assert phase.limits.minimum_gap == Duration(value=Decimal(6), unit=PeriodUnit.HOUR)
    assert phase.limits.per_intake == Quantity(value=Decimal(2), unit="cpr")
    assert phase.limits.per_lifetime == Quantity(value=Decimal(60), unit="cpr")
    (daily,) = phase.limits.per_period
    assert str(daily.amount.value) == "4000.0"
    assert daily.period == Duration(value=Decimal(24), unit=PeriodUnit.HOUR)
    assert phase.findings == ()


def test_a_limit_may_be_coded_in_the_structured_event() -> None:
    limit = """<Elément_posologie><Type_événement_début>4</Type_événement_début>
    <Evt_structuré_début><Evénement_param_poso_cond>2</Evénement_param_poso_cond>
    </Evt_structuré_début>
    <Quantité><Nombre>1</Nombre><Unité>cpr</Unité></Quantité></Elément_posologie>"""

    phase = phase_of(a_posology(DAILY_FREQUENCY) + limit)

    assert phase.limits.per_intake == Quantity(value=Decimal(1), unit="cpr")


@pytest.mark.parametrize("kind", ["5", "8", ""])
def test_a_limit_whose_meaning_is_not_public_blocks_the_line(kind: str) -> None:
    line = line_of(a_line(a_posology(DAILY_FREQUENCY) + a_limit(kind, "10", "mL/h")))

    assert "timing-unsupported" in [f.code.value for f in line.findings]
    assert any(finding.blocks for finding in line.findings)


def of_kind(kind: str, inside: str) -> str:
    return f"""<Elément_posologie><Type_événement_début>4</Type_événement_début>
    <Evt_structuré_début><Evénement_param_poso_cond>{kind}</Evénement_param_poso_cond>
    </Evt_structuré_début>{inside}</Elément_posologie>"""


RATE = "<Débit><Nombre>10</Nombre><Unité>mL/h</Unité></Débit>"
LASTS = "<Durée><Nombre>16</Nombre><Unité>h</Unité></Durée>"


@pytest.mark.parametrize(
    ("kind", "inside", "doubts"),
    [
        ("4", RATE, [("dose-rate", "10 mL/h")]),
        ("4", "", [("value-invalid", None)]),
        ("6", LASTS, [("element-unread", "16 h")]),
        ("6", "", [("value-invalid", None)]),
        ("4", LASTS, [("value-invalid", None), ("timing-unsupported", "16"),
                      ("timing-unsupported", "h")]),
    ],
)  # fmt: skip
def test_a_maximum_rate_blocks_and_a_maximum_duration_is_told(
    kind: str, inside: str, doubts: list[tuple[str, str | None]]
) -> None:
    line = line_of(a_line(a_posology(DAILY_FREQUENCY) + of_kind(kind, inside)))

    assert said(line.findings) == doubts
    assert len(line.posology.phases) == 1


def test_the_words_of_a_limit_are_kept_beside_the_posology() -> None:
    limit = """<Elément_posologie><Type_événement_début>4</Type_événement_début>
    <Evt_structuré_début><Evénement_structuré>
    <Evénement_param_poso_cond>3</Evénement_param_poso_cond>
    <Evt_libellé>Au plus 4 par 24 h</Evt_libellé></Evénement_structuré></Evt_structuré_début>
    <Quantité><Nombre>4</Nombre><Unité>cpr</Unité></Quantité></Elément_posologie>"""

    line = line_of(a_line(a_posology(DAILY_FREQUENCY) + limit))

    (phase,) = line.posology.phases
    assert phase.instructions == ("Au plus 4 par 24 h",)
    assert [str(ratio.amount.value) for ratio in phase.limits.per_period] == ["4"]
    assert line.findings == ()


@pytest.mark.parametrize(("older", "doubts"), [("2", []), ("3", [("timing-unsupported", "3")])])
def test_a_limit_in_both_forms_must_be_the_same(older: str, doubts: list[tuple[str, str]]) -> None:
    both = of_kind("2", f"<Evénement_début>{older}</Evénement_début>" + ONE_TABLET)

    line = line_of(a_line(a_posology(DAILY_FREQUENCY) + both))

    assert said(line.findings) == doubts
    assert line.posology.phases[0].limits.per_intake == Quantity(value=Decimal(1), unit="cpr")


def test_limits_hold_for_every_element_of_the_line() -> None:
    doses = a_posology(CLINICAL.format(code="0", words="Si besoin")) * 2

    line = line_of(a_line(doses + a_limit("1", "4", "h") + a_limit("2", "2", "cpr")))

    for phase in line.posology.phases:
        assert phase.limits.minimum_gap == Duration(value=Decimal(4), unit=PeriodUnit.HOUR)
        assert phase.limits.per_intake == Quantity(value=Decimal(2), unit="cpr")
    assert line.findings == ()


def test_limits_without_a_dose_are_no_posology() -> None:
    line = line_of(a_line(a_limit("3", "4", "cpr")))

    assert line.posology.phases == ()
    assert [f.code.value for f in line.findings] == ["posology-missing"]


def test_the_minimum_delay_of_a_mixed_line_is_that_of_what_is_taken_as_needed() -> None:
    rate = a_posology("<Débit><Nombre>5</Nombre><Unité>mg/h</Unité></Débit>", dose="")
    bolus = a_posology(CLINICAL.format(code="0", words="Bolus"))

    line = line_of(a_line(rate + bolus + a_limit("1", "2", "h")))

    given, needed = line.posology.phases
    assert given.limits.minimum_gap is None
    assert needed.limits.minimum_gap == Duration(value=Decimal(2), unit=PeriodUnit.HOUR)
    assert said(line.findings) == [("element-unread", None)]


def test_a_quantity_that_would_be_dose_and_limit_at_once_blocks() -> None:
    both = """<Type_événement_début>3</Type_événement_début>
    <Type_événement2_début>4</Type_événement2_début><Evénement2_début>2</Evénement2_début>"""

    phase = phase_of(a_posology(both))

    assert [f.code.value for f in phase.findings if f.blocks] == ["timing-unsupported"]


@pytest.mark.parametrize("kind", ["1", "3"])
def test_a_limit_without_its_amount_blocks_the_line(kind: str) -> None:
    empty = f"""<Elément_posologie><Type_événement_début>4</Type_événement_début>
    <Evénement_début>{kind}</Evénement_début></Elément_posologie>"""

    line = line_of(a_line(a_posology(DAILY_FREQUENCY) + empty))

    assert [f.code.value for f in line.findings] == ["value-invalid"]
    assert line.posology.phases[0].limits.per_period == ()


def test_a_wrong_date_of_a_line_without_dose_stays_with_the_line() -> None:
    line = line_of(a_line("", bounds="<Dh_début>demain</Dh_début>"))

    assert said(line.findings) == [("bounds-invalid", "demain")]


@pytest.mark.parametrize(("second", "doubts"), [("2", []), ("3", [("timing-contradicted", "2")])])
def test_a_limit_that_is_stated_twice_must_be_the_same(
    second: str, doubts: list[tuple[str, str]]
) -> None:
    limits = a_limit("2", "2", "cpr") + a_limit("2", second, "cpr")

    line = line_of(a_line(a_posology(DAILY_FREQUENCY) + limits))

    assert said(line.findings) == doubts
