"""Posology elements as phases: rhythm, times, dose, condition and limits, as PN13 states them."""

from datetime import time
from decimal import Decimal
from pathlib import Path

import pytest
from pn13_messages import (
    LINE,
    ONE_TABLET,
    POSOLOGY,
    TABLET,
    a_line,
    a_posology,
    line_of,
    phase_of,
    said,
)

from mappings.catalogue import load_site, table
from schemas.finding import FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import Frequency, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity
from schemas.site import Site

ACTIVITY = """
<Type_événement_début>2</Type_événement_début>
<Evt_structuré_début><Evénement_structuré>
  <Evt_objet><Evt_nature>2</Evt_nature>
    <Evt_activité><Evt_activité_code>{activity}</Evt_activité_code></Evt_activité></Evt_objet>
  <Evt_opérateur>{operator}</Evt_opérateur>
</Evénement_structuré></Evt_structuré_début>
"""
CLINICAL = """
<Type_événement_début>3</Type_événement_début>
<Evt_structuré_début><Evénement_structuré>
  <Evt_objet><Evt_nature>1</Evt_nature>
    <Evt_clinique><Evt_clinique_code>{code}</Evt_clinique_code></Evt_clinique></Evt_objet>
  <Evt_libellé>{words}</Evt_libellé>
</Evénement_structuré></Evt_structuré_début>
"""

# activity, operator, moment, offset: typed from the tables of the ANS e-prescription IG
# 1.1.0-ballot, ConceptMap PN13-FHIR-prescmed-dosageinstruction-conceptmap (44 rows).
BEFORE, JUST_BEFORE, DURING, JUST_AFTER, AFTER = "3", "4", "5", "6", "7"
CELLS = [
    ("1", "AC", "C", "PC"),
    ("3", "AT", "T", "PT"),
    ("4", "ACM", "CM", "PCM"),
    ("5", "ACD", "CD", "PCD"),
    ("6", "ACV", "CV", "PCV"),
    ("7", "ASK", "SK", "PSK"),
    ("8", "AMS", "MS", "PMS"),
    ("9", "AAS", "AS", "PAS"),
]
ROWS = [
    (activity, operator, moment, offset)
    for activity, before, during, after in CELLS
    for operator, moment, offset in (
        (BEFORE, before, None),
        (JUST_BEFORE, before, 0),
        (DURING, during, None),
        (JUST_AFTER, after, 0),
        (AFTER, after, None),
    )
] + [
    ("2", BEFORE, "AGU", None),
    ("2", AFTER, "PGU", None),
    ("10", BEFORE, "ABT", None),
    ("10", AFTER, "PBT", None),
]


@pytest.mark.parametrize(("activity", "operator", "moment", "offset"), ROWS)
def test_an_activity_and_an_operator_are_a_moment(
    activity: str, operator: str, moment: str, offset: int | None
) -> None:
    phase = phase_of(a_posology(ACTIVITY.format(activity=activity, operator=operator)))

    assert phase.times.moments == (MomentTime(moment=Moment(moment), offset_minutes=offset),)
    assert phase.rhythm.frequency is None
    assert phase.findings == ()


def test_the_table_of_activities_has_these_rows_and_no_other() -> None:
    assert {row.code for row in table("pn13/activities")} == {f"{a}/{o}" for a, o, _, _ in ROWS}


@pytest.mark.parametrize(
    ("activity", "operator"), [("2", "5"), ("10", "4"), ("11", "5"), ("4", "8")]
)
def test_a_combination_without_a_row_is_no_moment_and_blocks(activity: str, operator: str) -> None:
    phase = phase_of(a_posology(ACTIVITY.format(activity=activity, operator=operator)))

    assert phase.times.moments == ()
    assert said(phase.findings) == [("timing-code-unknown", f"{activity}/{operator}")]


def test_a_delay_before_a_meal_is_minutes_of_the_moment() -> None:
    delay = "<Int_temps_ev_début><Nombre>0.5</Nombre><Unité>h</Unité></Int_temps_ev_début>"

    phase = phase_of(a_posology(ACTIVITY.format(activity="4", operator="3") + delay))

    assert phase.times.moments == (MomentTime(moment=Moment.BEFORE_BREAKFAST, offset_minutes=30),)


def test_a_delay_during_a_meal_contradicts_itself() -> None:
    delay = "<Int_temps_év_début><Nombre>30</Nombre><Unité>mn</Unité></Int_temps_év_début>"

    phase = phase_of(a_posology(ACTIVITY.format(activity="4", operator="5") + delay))

    assert said(phase.findings) == [("timing-contradicted", "5")]


@pytest.mark.parametrize(
    ("code", "moment"), [("1", "MORN"), ("2", "NOON"), ("3", "EVE"), ("4", "HS"), ("5", "NIGHT")]
)
def test_a_named_period_is_a_moment(code: str, moment: str) -> None:
    event = f"""<Type_événement_début>2</Type_événement_début>
    <Evt_structuré_début><Evénement_structuré><Evt_objet><Evt_nature>4</Evt_nature>
    <Evt_période_nommée>{code}</Evt_période_nommée></Evt_objet></Evénement_structuré>
    </Evt_structuré_début>"""

    phase = phase_of(a_posology(event))

    assert phase.times.moments == (MomentTime(moment=Moment(moment)),)
    assert phase.findings == ()


@pytest.mark.parametrize("kind", ["1", "2"])
@pytest.mark.parametrize(("low", "high"), [("0830", ""), ("08:30:00", "0830")])
def test_an_explicit_hour_is_a_time_of_the_clock(kind: str, low: str, high: str) -> None:
    phase = phase_of(a_posology(hours(kind, low, high)))

    assert phase.times.clock == (time(8, 30),)
    assert phase.findings == ()


def test_a_span_between_two_hours_is_no_hour() -> None:
    phase = phase_of(a_posology(hours("2", "0800", "1000")))

    assert said(phase.findings) == [("timing-unsupported", "1000")]


def hours(kind: str, low: str, high: str) -> str:
    return f"""<Type_événement_début>{kind}</Type_événement_début>
    <Evt_structuré_début><Evénement_structuré><Evt_objet><Evt_nature>3</Evt_nature>
    <Evt_période_explicite><Evt_horaireMin>{low}</Evt_horaireMin>
    <Evt_horaireMax>{high}</Evt_horaireMax></Evt_période_explicite></Evt_objet>
    </Evénement_structuré></Evt_structuré_début>"""


def test_minutes_from_midnight_are_a_time_of_the_clock() -> None:
    event = """<Type_événement_début>1</Type_événement_début>
    <Int_temps_év_début><Nombre>600</Nombre><Unité>mn</Unité></Int_temps_év_début>"""

    phase = phase_of(a_posology(event))

    assert phase.times.clock == (time(10, 0),)
    assert phase.findings == ()


@pytest.mark.parametrize(
    ("number", "unit", "code"),
    [
        ("1440", "mn", "value-invalid"),
        ("0.001", "h", "value-invalid"),
        ("8", "", "period-incomplete"),
        ("8", "heures", "unit-unknown"),
        ("-60", "mn", "value-invalid"),
    ],
)
def test_an_offset_that_is_no_hour_blocks(number: str, unit: str, code: str) -> None:
    event = f"""<Type_événement_début>1</Type_événement_début>
    <Int_temps_év_début><Nombre>{number}</Nombre><Unité>{unit}</Unité></Int_temps_év_début>"""

    phase = phase_of(a_posology(event))

    assert phase.times.clock == ()
    assert code in [finding.code.value for finding in phase.findings if finding.blocks]


def test_a_bare_number_as_offset_is_not_read_and_blocks() -> None:
    event = (
        "<Type_événement_début>1</Type_événement_début><Int_temps_ev_début>8</Int_temps_ev_début>"
    )

    phase = phase_of(a_posology(event))

    assert ("timing-unsupported", "8") in said(phase.findings)


def test_an_absolute_event_that_repeats_the_start_adds_nothing() -> None:
    event = """<Type_événement_début>1</Type_événement_début>
    <Evénement_début>20260302060000</Evénement_début>"""

    phase = phase_of(a_posology(event + DAILY_FREQUENCY))

    assert phase.findings == ()


def test_an_absolute_event_at_another_hour_blocks() -> None:
    event = """<Type_événement_début>1</Type_événement_début>
    <Evénement_début>20260302080000</Evénement_début>"""

    phase = phase_of(a_posology(event + DAILY_FREQUENCY))

    assert said(phase.findings) == [("timing-unsupported", "20260302080000")]


DAILY_FREQUENCY = """<Fréquence_structurée><Frq_échelle>4</Frq_échelle></Fréquence_structurée>"""


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


@pytest.mark.parametrize("name", ["1_N", "3", "4", "5", "6"])
def test_any_other_filter_blocks(name: str) -> None:
    phase = phase_of(
        a_posology(
            f"""<Fréquence_structurée><Frq_échelle>6</Frq_échelle><Frq_filtre>
            <Frq_filtreVal_{name}>2</Frq_filtreVal_{name}></Frq_filtre></Fréquence_structurée>"""
        )
    )

    assert said(phase.findings) == [("timing-unsupported", "2")]


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


@pytest.fixture
def own_site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site that states two codes of its sender."""
    folder = tmp_path / "pn13-tests"
    (folder / "pn13").mkdir(parents=True)
    reference = Path(__file__).parents[3] / "mappings" / "sites" / "reference"
    for name in ("site.toml", "moments.csv", "distributions.csv", "compartments.csv"):
        (folder / name).write_text((reference / name).read_text(encoding="utf-8"), "utf-8")
    rows = (
        "# table: pn13/frequencies  target: pace  version: 1\n"
        "code;text;target;source;read_by\n"
        "Frq|TLJ;tous les jours;1/d;liste de l'établissement d'essai;\n"
        "3;matin, midi et soir les lundis;mon 3/d MORN NOON EVE;liste de l'établissement d'essai;\n"
        "8H;toutes les huit heures;1/8h;liste de l'établissement d'essai;\n"
        "20H;à vingt heures;20:00;liste de l'établissement d'essai;\n"
    )
    (folder / "pn13" / "frequencies.csv").write_text(rows, "utf-8")
    events = (
        "# table: pn13/events  target: moments  version: 1\n"
        "code;text;target;source;read_by\n"
        "MS;matin et soir;MORN EVE;liste de l'établissement d'essai;\n"
    )
    (folder / "pn13" / "events.csv").write_text(events, "utf-8")
    modes = (
        "# table: pn13/modes  target: complete  version: 1\n"
        "code;text;target;source;read_by\n"
        "2;récapitulatif;true;liste de l'établissement d'essai;\n"
    )
    (folder / "pn13" / "modes.csv").write_text(modes, "utf-8")
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))
    return load_site("pn13-tests")


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


def test_a_local_event_means_the_moments_that_the_site_states(own_site: Site) -> None:
    event = """<Type_événement_début>2</Type_événement_début>
    <Evénement_début>MS</Evénement_début>"""

    phase = phase_of(a_posology(event), site=own_site)

    assert [timed.moment.value for timed in phase.times.moments] == ["MORN", "EVE"]


def test_a_local_event_that_no_site_states_blocks() -> None:
    event = """<Type_événement_début>2</Type_événement_début>
    <Evénement_début>MS</Evénement_début>"""

    phase = phase_of(a_posology(event))

    assert said(phase.findings) == [("timing-code-unknown", "MS")]


def test_a_local_frequency_beside_a_structured_one_must_agree(own_site: Site) -> None:
    twice = """<Fréquence_structurée><Frq_échelle>4</Frq_échelle>
    <Frq_multiplicité>2</Frq_multiplicité></Fréquence_structurée>"""

    same = phase_of(a_posology(LOCAL + DAILY_FREQUENCY), site=own_site)
    other = phase_of(a_posology(LOCAL + twice), site=own_site)
    unknown = phase_of(a_posology(LOCAL + twice))

    assert same.findings == ()
    assert said(other.findings) == [("frequency-contradicted", "TLJ")]
    assert said(unknown.findings) == [("element-unread", "TLJ")]


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


def test_as_needed_without_a_reason() -> None:
    phase = phase_of(a_posology(CLINICAL.format(code="0", words="Si besoin")))

    assert (phase.as_needed, phase.as_needed_for, phase.text) == (True, (), "Si besoin")


def test_as_needed_for_a_coded_reason_has_the_words_of_the_sender() -> None:
    worded = phase_of(a_posology(CLINICAL.format(code="7", words="En cas de fièvre")))
    bare = phase_of(a_posology(CLINICAL.format(code="7", words="")))

    assert (worded.as_needed, worded.as_needed_for) == (True, ("En cas de fièvre",))
    assert bare.as_needed_for == ("Evt_clinique_code 7",)


def test_as_needed_in_free_words_and_in_the_words_of_pharmacy_software() -> None:
    free = phase_of(
        a_posology(
            """<Type_événement_début>3</Type_événement_début>
            <Evénement_début>bolus</Evénement_début>"""
        )
    )
    local = phase_of(a_posology("<Type_événement_début>SB</Type_événement_début>"))

    assert (free.as_needed, free.as_needed_for) == (True, ("bolus",))
    assert (local.as_needed, local.as_needed_for, local.findings) == (True, (), ())


def test_a_second_event_adds_its_condition_to_the_moment() -> None:
    second = """<Type_événement2_début>3</Type_événement2_début>
    <Evénement2_début>En cas de toux</Evénement2_début>"""

    phase = phase_of(a_posology(ACTIVITY.format(activity="6", operator="5") + second))

    assert phase.times.moments == (MomentTime(moment=Moment.DINNER),)
    assert (phase.as_needed, phase.as_needed_for) == (True, ("En cas de toux",))


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


@pytest.mark.parametrize("kind", ["4", "5", "6", "8", ""])
def test_a_limit_that_has_no_place_blocks_the_line(kind: str) -> None:
    line = line_of(a_line(a_posology(DAILY_FREQUENCY) + a_limit(kind, "10", "mL/h")))

    assert "timing-unsupported" in [f.code.value for f in line.findings]
    assert any(finding.blocks for finding in line.findings)


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


@pytest.mark.parametrize(("sent", "kept"), [("0.5", "0.5"), ("1000.0", "1000.0"), ("2,5", "2.5")])
def test_an_amount_keeps_the_precision_of_its_sender(sent: str, kept: str) -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount(sent, "cpr")))

    assert phase.dose is not None
    assert phase.dose.exact == Quantity(value=Decimal(kept), unit="cpr")
    assert str(phase.dose.exact.value) == kept


def amount(number: str, unit: str, attributes: str = "") -> str:
    return f"<Quantité><Nombre>{number}</Nombre><Unité{attributes}>{unit}</Unité></Quantité>"


@pytest.mark.parametrize("sent", ["1,000", "un", "-1", "1e3", "NaN", "1/2", "٣"])
def test_a_number_that_may_be_read_in_two_ways_or_none_is_no_dose(sent: str) -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount(sent, "cpr")))

    assert phase.dose is None
    assert said(phase.findings) == [("value-invalid", sent)]


def test_a_unit_outside_the_table_is_kept_and_blocks() -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount("1", "cp sec")))

    assert phase.dose is not None
    assert phase.dose.exact == Quantity(value=Decimal(1), unit="cp sec")
    assert said(phase.findings) == [("unit-unknown", "cp sec")]


def test_a_coded_unit_keeps_its_list() -> None:
    edqm = phase_of(
        a_posology(DAILY_FREQUENCY, dose=amount("1", "15054000", ' Phast-nomenclature="EDQM"'))
    )
    ucum = phase_of(
        a_posology(DAILY_FREQUENCY, dose=amount("5", "mg/kg", ' Phast-nomenclature="UCUM"'))
    )

    assert edqm.dose is not None
    assert ucum.dose is not None
    assert edqm.dose.low == Quantity(
        value=Decimal(1), unit="comprimé", code="15054000", system="EDQM"
    )
    assert ucum.dose.per_body
    assert ucum.dose.exact is None


def test_two_quantities_are_said_to_be_several() -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=ONE_TABLET + amount("2", "cpr")))

    assert "dose-several" in [f.code.value for f in phase.findings]
    assert any(f.blocks for f in phase.findings)


def a_component(label: str, quantity: str = "", inside: str = "") -> str:
    stated = f"<Quantité_composant_prescrite>{quantity}</Quantité_composant_prescrite>"
    return f"""<Composant_prescrit><Libellé_composant>{label}</Libellé_composant>
    {stated if quantity else ""}{inside}</Composant_prescrit>"""


BAG = "<Nombre>1</Nombre><Unité>poche</Unité>"
TWO_VIALS = "<Nombre>2</Nombre><Unité>amp</Unité>"


VIALS, BAGS = a_component("A", TWO_VIALS), a_component("B", BAG)
REFERRED = a_component("A", TWO_VIALS, "<Référent_poso>1</Référent_poso>")
VEHICLE = a_component("B", BAG, "<Véhicule>1</Véhicule>")


@pytest.mark.parametrize(
    ("components", "value", "unit"),
    [
        (VIALS, "4", "amp"),
        (REFERRED + VEHICLE, "4", "amp"),
        (VIALS + VEHICLE, "2", "poche"),
        (VIALS + BAGS, "2", "dose"),
    ],
)
def test_the_unit_dose_stands_for_a_component_or_the_preparation(
    components: str, value: str, unit: str
) -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount("2", "dose")), components=components)

    assert phase.dose is not None
    assert phase.dose.exact == Quantity(value=Decimal(value), unit=unit)


def test_the_unit_dose_of_a_component_without_quantity_blocks() -> None:
    phase = phase_of(a_posology(DAILY_FREQUENCY, dose=amount("1", "dose")), components=TABLET)

    assert said(phase.findings) == [("unit-unknown", "dose")]


@pytest.mark.parametrize(
    ("number", "unit", "minutes"), [("720", "min", "720"), ("0800", "HHMM", "480")]
)
def test_a_duration_is_how_long_one_intake_lasts(number: str, unit: str, minutes: str) -> None:
    lasts = f"<Durée><Nombre>{number}</Nombre><Unité>{unit}</Unité></Durée>"

    phase = phase_of(a_posology(DAILY_FREQUENCY + lasts))

    assert phase.intake_lasts == Duration(value=Decimal(minutes), unit=PeriodUnit.MINUTE)


def test_a_rate_is_kept_as_words() -> None:
    phase = phase_of(a_posology("<Débit><Nombre>5</Nombre><Unité>mg/h</Unité></Débit>", dose=""))

    assert phase.dose is not None
    assert (phase.dose.rate, phase.dose.low) == ("5 mg/h", None)


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


def test_two_events_that_place_the_intake_differently_are_no_two_intakes() -> None:
    second = """<Type_événement2_début>1</Type_événement2_début><Evt_structuré2_début>
    <Evénement_structuré><Evt_objet><Evt_nature>3</Evt_nature><Evt_période_explicite>
    <Evt_horaireMin>0800</Evt_horaireMin></Evt_période_explicite></Evt_objet>
    </Evénement_structuré></Evt_structuré2_début>"""

    phase = phase_of(a_posology(ACTIVITY.format(activity="4", operator="5") + second))

    assert phase.times.moments == (MomentTime(moment=Moment.BREAKFAST),)
    assert phase.times.clock == ()
    assert [f.code.value for f in phase.findings] == ["timing-contradicted"]


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
