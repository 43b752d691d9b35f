"""Frequencies of PN13: structured, local to a site, and the default of the standard."""

from datetime import time
from decimal import Decimal

import pytest
from pn13_messages import (
    ACTIVITY,
    CLINICAL,
    DAILY_FREQUENCY,
    POSOLOGY,
    a_posology,
    phase_of,
    said,
)

from schemas.finding import FindingCode
from schemas.posology import Frequency, Weekday
from schemas.quantity import PeriodUnit
from schemas.site import Site


@pytest.mark.parametrize(
    ("scale", "unit"),
    [("1", "s"), ("2", "min"), ("3", "h"), ("4", "d"), ("5", "wk"), ("6", "mo"), ("7", "a")],
)
def test_a_scale_is_a_unit_of_time_and_both_numbers_are_one_when_absent(
    scale: str, unit: str
) -> None:
    phase = phase_of(
        a_posology(
            f"""<Fréquence_structurée><Frq_échelle>{scale}</Frq_échelle><Frq_durée/>
            <Frq_multiplicité/></Fréquence_structurée>"""
        )
    )

    assert phase.rhythm.frequency == Frequency(times=1, period=Decimal(1), unit=PeriodUnit(unit))
    assert phase.findings == ()


def test_a_structured_frequency_is_read_with_its_words() -> None:
    phase = phase_of(
        a_posology(
            """<Fréquence_structurée><Frq_échelle>4</Frq_échelle><Frq_durée>2</Frq_durée>
            <Frq_multiplicité>3</Frq_multiplicité>
            <Frq_libellé>Trois fois tous les deux jours</Frq_libellé></Fréquence_structurée>"""
        )
    )

    assert phase.rhythm.frequency == Frequency(times=3, period=Decimal(2), unit=PeriodUnit.DAY)
    assert phase.text == "Trois fois tous les deux jours"


def test_weekdays_alone_state_no_frequency() -> None:
    phase = phase_of(
        a_posology(
            """<Fréquence_structurée><Frq_échelle>5</Frq_échelle><Frq_filtre>
            <Frq_filtreVal_1_J>7</Frq_filtreVal_1_J><Frq_filtreVal_1_J>1</Frq_filtreVal_1_J>
            </Frq_filtre></Fréquence_structurée>"""
        )
    )

    assert phase.rhythm.weekdays == (Weekday.MONDAY, Weekday.SUNDAY)
    assert phase.rhythm.frequency is None
    assert phase.findings == ()


def test_days_of_the_month_are_read() -> None:
    phase = phase_of(
        a_posology(
            """<Fréquence_structurée><Frq_échelle>6</Frq_échelle><Frq_filtre>
            <Frq_filtreVal_2>15</Frq_filtreVal_2></Frq_filtre></Fréquence_structurée>"""
        )
    )

    assert phase.rhythm.month_days == (15,)
    assert phase.findings == ()


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("1_N", "rang du jour dans la période"),
        ("3", "jour de l'année"),
        ("4", "numéro de la semaine"),
        ("5", "numéro du mois"),
        ("6", "rang de l'occurrence"),
    ],
)
def test_any_other_filter_is_one_finding_that_names_it_with_all_its_values(
    name: str, words: str
) -> None:
    filtered = filtered_by("6", f"<Frq_filtreVal_{name}>2</Frq_filtreVal_{name}>" * 2)

    phase = phase_of(a_posology(filtered))

    assert said(phase.findings) == [("timing-unsupported", "2 2")]
    assert f"Frq_filtreVal_{name} ({words})" in phase.findings[0].message


def filtered_by(scale: str, filters: str, inside: str = "") -> str:
    return f"""<Fréquence_structurée><Frq_échelle>{scale}</Frq_échelle>{inside}
    <Frq_filtre>{filters}</Frq_filtre></Fréquence_structurée>"""


MONDAY = "<Frq_filtreVal_1_J>1</Frq_filtreVal_1_J>"
THE_15TH = "<Frq_filtreVal_2>15</Frq_filtreVal_2>"


@pytest.mark.parametrize("scale", ["4", "5"])
def test_weekdays_are_those_of_each_week_beside_the_scale_of_days_or_weeks(scale: str) -> None:
    phase = phase_of(a_posology(filtered_by(scale, MONDAY)))

    assert phase.rhythm.weekdays == (Weekday.MONDAY,)
    assert (phase.rhythm.frequency, phase.findings) == (None, ())


@pytest.mark.parametrize(
    ("scale", "days"),
    [
        ("1", MONDAY),
        ("2", MONDAY),
        ("3", MONDAY),
        ("6", MONDAY),
        ("7", MONDAY),
        ("3", THE_15TH),
        ("5", THE_15TH),
        ("7", THE_15TH),
    ],
)
def test_days_of_another_period_than_the_scale_can_be_read_in_two_ways(
    scale: str, days: str
) -> None:
    phase = phase_of(a_posology(filtered_by(scale, days)))

    assert [f.code.value for f in phase.findings] == ["frequency-ambiguous"]


def test_every_second_week_on_named_days_keeps_its_period() -> None:
    phase = phase_of(a_posology(filtered_by("5", MONDAY, "<Frq_durée>2</Frq_durée>")))

    assert phase.rhythm.weekdays == (Weekday.MONDAY,)
    assert phase.rhythm.frequency == Frequency(period=Decimal(2), unit=PeriodUnit.WEEK)
    assert phase.findings == ()


def test_beside_a_filter_no_number_stands_in_for_an_absent_one() -> None:
    twice = filtered_by("4", MONDAY, "<Frq_multiplicité>2</Frq_multiplicité>")

    phase = phase_of(a_posology(twice))

    assert phase.rhythm.frequency == Frequency(times=2, unit=PeriodUnit.DAY)


@pytest.mark.parametrize(
    ("inside", "code"),
    [
        ("<Frq_échelle>8</Frq_échelle>", "code-invalid"),
        ("<Frq_durée>2</Frq_durée>", "period-incomplete"),
        ("<Frq_échelle>4</Frq_échelle><Frq_multiplicité>2,5</Frq_multiplicité>", "value-invalid"),
        ("<Frq_échelle>4</Frq_échelle><Frq_durée>deux</Frq_durée>", "value-invalid"),
        (
            "<Frq_échelle>5</Frq_échelle>"
            "<Frq_filtre><Frq_filtreVal_1_J>8</Frq_filtreVal_1_J></Frq_filtre>",
            "code-invalid",
        ),
        (
            "<Frq_échelle>6</Frq_échelle>"
            "<Frq_filtre><Frq_filtreVal_2>32</Frq_filtreVal_2></Frq_filtre>",
            "code-invalid",
        ),
    ],
)
def test_a_structured_frequency_that_cannot_be_read_blocks(inside: str, code: str) -> None:
    phase = phase_of(a_posology(f"<Fréquence_structurée>{inside}</Fréquence_structurée>"))

    assert [f.code.value for f in phase.findings if f.blocks] == [code]


def test_a_local_frequency_that_the_site_does_not_state_stays_as_sent_and_blocks() -> None:
    phase = phase_of(a_posology(LOCAL))

    assert phase.rhythm.frequency is None
    assert phase.timing_code is not None
    assert (phase.timing_code.system, phase.timing_code.code) == ("Frq", "TLJ")
    assert phase.text == "Tous les jours"
    assert said(phase.findings) == [("frequency-unknown", "TLJ")]
    assert phase.findings[0].location == f"{POSOLOGY}/Fréquence"


LOCAL = '<Fréquence Phast-nomenclature="Frq" Phast-signification="Tous les jours">TLJ</Fréquence>'


def test_a_local_frequency_means_what_the_site_states(own_site: Site) -> None:
    phase = phase_of(a_posology(LOCAL), site=own_site)

    assert phase.rhythm.frequency == Frequency(times=1, period=Decimal(1), unit=PeriodUnit.DAY)
    assert phase.timing_code is None
    assert phase.findings == ()


def test_a_site_may_give_a_local_frequency_days_and_moments(own_site: Site) -> None:
    phase = phase_of(a_posology("<Fréquence>3</Fréquence>"), site=own_site)

    assert phase.rhythm.weekdays == (Weekday.MONDAY,)
    assert phase.rhythm.frequency == Frequency(times=3, period=Decimal(1), unit=PeriodUnit.DAY)
    assert [timed.moment.value for timed in phase.times.moments] == ["MORN", "NOON", "EVE"]
    assert phase.findings == ()


def test_a_site_may_give_a_local_frequency_hours(own_site: Site) -> None:
    every = phase_of(a_posology("<Fréquence>8H</Fréquence>"), site=own_site)
    at = phase_of(a_posology("<Fréquence>20H</Fréquence>"), site=own_site)

    assert every.rhythm.frequency == Frequency(times=1, period=Decimal(8), unit=PeriodUnit.HOUR)
    assert at.times.clock == (time(20, 0),)
    assert at.findings == ()


def test_a_local_frequency_beside_a_structured_one_must_agree(own_site: Site) -> None:
    twice = """<Fréquence_structurée><Frq_échelle>4</Frq_échelle>
    <Frq_multiplicité>2</Frq_multiplicité></Fréquence_structurée>"""

    same = phase_of(a_posology(LOCAL + DAILY_FREQUENCY), site=own_site)
    other = phase_of(a_posology(LOCAL + twice), site=own_site)
    unknown = phase_of(a_posology(LOCAL + twice))

    assert same.findings == ()
    assert said(other.findings) == [("frequency-contradicted", "TLJ")]
    assert said(unknown.findings) == [("element-unread", "TLJ")]


def test_a_local_frequency_adds_its_moments_to_the_structured_one(own_site: Site) -> None:
    twice = """<Fréquence_structurée><Frq_échelle>4</Frq_échelle>
    <Frq_multiplicité>2</Frq_multiplicité><Frq_libellé>2 fois</Frq_libellé>
    </Fréquence_structurée>"""
    local = '<Fréquence Phast-signification="Matin et soir">{code}</Fréquence>'

    with_rate = phase_of(a_posology(local.format(code="2MS") + twice), site=own_site)
    moments_alone = phase_of(a_posology(local.format(code="MS") + twice), site=own_site)

    for phase in (with_rate, moments_alone):
        assert phase.rhythm.frequency == Frequency(times=2, period=Decimal(1), unit=PeriodUnit.DAY)
        assert [timed.moment.value for timed in phase.times.moments] == ["MORN", "EVE"]
        assert phase.text == "2 fois, Matin et soir"
        assert phase.findings == ()


def test_a_code_of_another_list_is_not_that_of_the_site(own_site: Site) -> None:
    other = '<Fréquence Phast-nomenclature="Autre">TLJ</Fréquence>'

    assert said(phase_of(a_posology(other), site=own_site).findings) == [
        ("frequency-unknown", "TLJ")
    ]
    bare = phase_of(a_posology("<Fréquence>TLJ</Fréquence>"), site=own_site)
    assert said(bare.findings) == [("frequency-unknown", "TLJ")]


def test_the_words_of_a_code_that_is_empty_are_told() -> None:
    phase = phase_of(a_posology('<Fréquence Phast-signification="Trois fois par jour"/>'))

    assert [(f.code.value, f.quoted) for f in phase.findings if f.blocks] == [
        ("timing-unsupported", "Trois fois par jour")
    ]


def test_no_frequency_and_no_moment_is_once_a_day_and_says_so() -> None:
    phase = phase_of(a_posology(""))

    assert phase.rhythm.frequency == Frequency(times=1, period=Decimal(1), unit=PeriodUnit.DAY)
    assert [f.code for f in phase.findings] == [FindingCode.FREQUENCY_DEFAULT]


@pytest.mark.parametrize(
    "inside",
    [
        CLINICAL.format(code="0", words="Si besoin"),
        ACTIVITY.format(activity="4", operator="5"),
        "<Débit><Nombre>5</Nombre><Unité>mg/h</Unité></Débit>",
        "<Type_événement_début>9</Type_événement_début>",
    ],
)
def test_the_default_of_once_a_day_stands_beside_nothing_else(inside: str) -> None:
    phase = phase_of(a_posology(inside))

    assert phase.rhythm.frequency is None
    assert FindingCode.FREQUENCY_DEFAULT not in [f.code for f in phase.findings]


def test_the_default_of_once_a_day_needs_a_dose() -> None:
    phase = phase_of(a_posology("", dose=""))

    assert (phase.rhythm.frequency, phase.dose, phase.findings) == (None, None, ())


def test_a_local_frequency_with_moments_beside_another_moment_contradicts_it(
    own_site: Site,
) -> None:
    both = "<Fréquence>3</Fréquence>" + ACTIVITY.format(activity="4", operator="5")

    phase = phase_of(a_posology(both), site=own_site)

    assert [f.code.value for f in phase.findings] == ["timing-contradicted"]


@pytest.mark.parametrize("name", ["Frq_durée", "Frq_multiplicité"])
def test_a_frequency_of_zero_blocks(name: str) -> None:
    zero = f"""<Fréquence_structurée><Frq_échelle>4</Frq_échelle><{name}>0</{name}>
    </Fréquence_structurée>"""

    assert said(phase_of(a_posology(zero)).findings) == [("value-invalid", "0")]
