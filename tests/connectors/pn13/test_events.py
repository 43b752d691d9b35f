"""Start events of PN13 as moments, times of the clock and conditions, row by row."""

from datetime import time

import pytest
from pn13_messages import (
    ACTIVITY,
    CLINICAL,
    DAILY_FREQUENCY,
    a_posology,
    phase_of,
    said,
)

from mappings.catalogue import table
from mappings.table import TableError
from schemas.moment import Moment, MomentTime
from schemas.site import Site

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


FILLED = {(activity, operator) for activity, operator, _, _ in ROWS}
EMPTY = [
    (str(activity), str(operator))
    for activity in range(12)
    for operator in range(9)
    if (str(activity), str(operator)) not in FILLED
]


@pytest.mark.parametrize(("activity", "operator"), EMPTY)
def test_a_combination_without_a_row_is_no_moment_and_blocks(activity: str, operator: str) -> None:
    phase = phase_of(a_posology(ACTIVITY.format(activity=activity, operator=operator)))

    assert phase.times.moments == ()
    assert said(phase.findings) == [("timing-code-unknown", f"{activity}/{operator}")]


def test_a_delay_before_a_meal_is_minutes_of_the_moment() -> None:
    delay = "<Int_temps_ev_début><Nombre>0.5</Nombre><Unité>h</Unité></Int_temps_ev_début>"

    phase = phase_of(a_posology(ACTIVITY.format(activity="4", operator="3") + delay))

    assert phase.times.moments == (MomentTime(moment=Moment.BEFORE_BREAKFAST, offset_minutes=30),)


@pytest.mark.parametrize(("operator", "moment"), [("4", "ACD"), ("6", "PCD")])
def test_a_delay_of_zero_says_no_more_than_just_before_or_just_after(
    operator: str, moment: str
) -> None:
    delay = "<Int_temps_év_début><Nombre>{}</Nombre><Unité>mn</Unité></Int_temps_év_début>"
    event = ACTIVITY.format(activity="5", operator=operator)

    none = phase_of(a_posology(event + delay.format("0")))
    some = phase_of(a_posology(event + delay.format("10")))

    assert none.times.moments == (MomentTime(moment=Moment(moment), offset_minutes=0),)
    assert none.findings == ()
    assert said(some.findings) == [("timing-contradicted", operator)]


def test_a_delay_beside_a_part_of_the_day_blocks() -> None:
    delay = "<Int_temps_év_début><Nombre>30</Nombre><Unité>mn</Unité></Int_temps_év_début>"
    noon = structured("4", "<Evt_période_nommée>2</Evt_période_nommée>")

    assert [f.code.value for f in phase_of(a_posology(noon + delay)).findings] == [
        "timing-unsupported",
        "timing-unsupported",
    ]


def test_an_operator_beside_a_part_of_the_day_blocks() -> None:
    before = structured("4", "<Evt_période_nommée>2</Evt_période_nommée>").replace(
        "</Evt_objet>", "</Evt_objet><Evt_opérateur>3</Evt_opérateur>"
    )

    assert said(phase_of(a_posology(before)).findings) == [("timing-unsupported", "3")]


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


def test_a_local_event_means_the_moments_that_the_site_states(own_site: Site) -> None:
    event = """<Type_événement_début>2</Type_événement_début>
    <Evénement_début>MS</Evénement_début>"""

    phase = phase_of(a_posology(event), site=own_site)

    assert [timed.moment.value for timed in phase.times.moments] == ["MORN", "EVE"]


def a_local_event(code: str, attributes: str = "") -> str:
    return f"""<Type_événement_début>2</Type_événement_début>
    <Evénement_début{attributes}>{code}</Evénement_début>"""


def test_a_local_event_is_known_by_its_list_and_may_be_an_hour(own_site: Site) -> None:
    listed = a_local_event("PD", ' Phast-nomenclature="Evt"')

    breakfast = phase_of(a_posology(listed), site=own_site)
    at_eight = phase_of(a_posology(a_local_event("8H")), site=own_site)
    bare = phase_of(a_posology(a_local_event("PD")), site=own_site)

    assert [timed.moment.value for timed in breakfast.times.moments] == ["CM"]
    assert at_eight.times.clock == (time(8, 0),)
    assert (breakfast.findings, at_eight.findings) == ((), ())
    assert said(bare.findings) == [("timing-code-unknown", "PD")]


def test_a_site_cannot_give_an_event_a_day(own_site: Site) -> None:
    with pytest.raises(TableError, match="mon"):
        phase_of(a_posology(a_local_event("LUN")), site=own_site)


@pytest.mark.parametrize(("activity", "doubts"), [("4", []), ("6", ["timing-contradicted"])])
def test_a_local_event_beside_a_structured_one_must_name_the_same_moment(
    own_site: Site, activity: str, doubts: list[str]
) -> None:
    older = '<Evénement_début Phast-nomenclature="Evt">PD</Evénement_début>'

    phase = phase_of(
        a_posology(ACTIVITY.format(activity=activity, operator="5") + older), site=own_site
    )

    assert [f.code.value for f in phase.findings] == doubts


def test_a_local_event_that_nobody_knows_beside_a_structured_one_blocks() -> None:
    older = "<Evénement_début>PD</Evénement_début>"

    phase = phase_of(a_posology(ACTIVITY.format(activity="4", operator="5") + older))

    assert said(phase.findings) == [("timing-code-unknown", "PD")]


def test_a_local_event_that_no_site_states_blocks() -> None:
    event = """<Type_événement_début>2</Type_événement_début>
    <Evénement_début>MS</Evénement_début>"""

    phase = phase_of(a_posology(event))

    assert said(phase.findings) == [("timing-code-unknown", "MS")]


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


def test_two_events_that_place_the_intake_differently_are_no_two_intakes() -> None:
    second = """<Type_événement2_début>1</Type_événement2_début><Evt_structuré2_début>
    <Evénement_structuré><Evt_objet><Evt_nature>3</Evt_nature><Evt_période_explicite>
    <Evt_horaireMin>0800</Evt_horaireMin></Evt_période_explicite></Evt_objet>
    </Evénement_structuré></Evt_structuré2_début>"""

    phase = phase_of(a_posology(ACTIVITY.format(activity="4", operator="5") + second))

    assert phase.times.moments == (MomentTime(moment=Moment.BREAKFAST),)
    assert phase.times.clock == ()
    assert [f.code.value for f in phase.findings] == ["timing-contradicted"]


def test_a_delay_that_is_not_whole_minutes_blocks() -> None:
    delay = "<Int_temps_év_début><Nombre>1</Nombre><Unité>mois</Unité></Int_temps_év_début>"

    phase = phase_of(a_posology(ACTIVITY.format(activity="4", operator="3") + delay))

    assert [f.code.value for f in phase.findings] == ["value-invalid"]


def test_a_named_period_outside_the_table_blocks() -> None:
    phase = phase_of(a_posology(structured("4", "<Evt_période_nommée>6</Evt_période_nommée>")))

    assert phase.times.moments == ()
    assert said(phase.findings) == [("timing-code-unknown", "6")]


@pytest.mark.parametrize("nature", ["1", "5"])
def test_a_moment_of_another_nature_is_a_condition_and_blocks(nature: str) -> None:
    phase = phase_of(a_posology(structured(nature, "")))

    assert phase.times.moments == ()
    assert [f.code.value for f in phase.findings] == ["event-condition"]


def structured(nature: str, thing: str) -> str:
    return f"""<Type_événement_début>2</Type_événement_début>
    <Evt_structuré_début><Evénement_structuré><Evt_objet><Evt_nature>{nature}</Evt_nature>
    {thing}</Evt_objet></Evénement_structuré></Evt_structuré_début>"""


def test_an_explicit_hour_that_is_no_hour_blocks() -> None:
    phase = phase_of(a_posology(hours("2", "2500", "")))

    assert phase.times.clock == ()
    assert said(phase.findings) == [("value-invalid", "2500")]


def test_a_moment_that_names_nothing_blocks() -> None:
    phase = phase_of(a_posology("<Type_événement_début>2</Type_événement_début>"))

    assert [f.code.value for f in phase.findings] == ["timing-code-unknown"]


def test_a_value_that_a_condition_compares_with_stands_in_the_reason() -> None:
    fever = CLINICAL.format(code="3", words="Fièvre").replace(
        "</Evénement_structuré>",
        "<Evt_opérateur>7</Evt_opérateur><Evt_valeur>38.5</Evt_valeur></Evénement_structuré>",
    )

    phase = phase_of(a_posology(fever))

    assert phase.as_needed
    assert phase.as_needed_for == ("Fièvre, Evt_clinique_code 3, Evt_opérateur 7, Evt_valeur 38.5",)
    assert phase.findings == ()


def test_a_reason_by_a_code_of_the_sender_is_shown_with_its_words() -> None:
    local = """<Type_événement_début>3</Type_événement_début>
    <Evénement_début Phast-nomenclature="Motifs" Phast-signification="Douleur">D2</Evénement_début>
    """

    phase = phase_of(a_posology(local))

    assert (phase.as_needed, phase.as_needed_for, phase.findings) == (True, ("Douleur (D2)",), ())


@pytest.mark.parametrize(
    ("element", "other"),
    [
        ("Evt_activité_code", "Evt_activité_code"),
        ("Evt_opérateur", "Evt_opérateur"),
        ("Type_événement_début", "Type_événement_début"),
    ],
)
def test_a_code_of_another_list_than_the_standard_blocks(element: str, other: str) -> None:
    moment = ACTIVITY.format(activity="4", operator="5")
    listed = moment.replace(f"<{element}>", f'<{element} Phast-nomenclature="LOCAL">')
    own = moment.replace(f"<{element}>", f'<{element} Phast-nomenclature="SIPh-{other}">')

    assert [f.code.value for f in phase_of(a_posology(listed)).findings] == ["code-invalid"]
    assert phase_of(a_posology(own)).findings == ()


@pytest.mark.parametrize("nature", ["2", "3"])
def test_a_condition_of_another_nature_than_a_clinical_one_blocks(nature: str) -> None:
    other = CLINICAL.format(code="1", words="Douleur").replace(
        "<Evt_nature>1<", f"<Evt_nature>{nature}<"
    )

    phase = phase_of(a_posology(other))

    assert phase.as_needed
    assert said(phase.findings) == [("timing-unsupported", nature)]


def test_an_hour_from_midnight_beside_an_interval_of_hours_may_repeat_the_start() -> None:
    every_eight = """<Fréquence_structurée><Frq_échelle>3</Frq_échelle><Frq_durée>8</Frq_durée>
    </Fréquence_structurée><Type_événement_début>1</Type_événement_début>
    <Int_temps_év_début><Nombre>{minutes}</Nombre><Unité>mn</Unité></Int_temps_év_début>"""

    same = phase_of(a_posology(every_eight.format(minutes="360")))
    other = phase_of(a_posology(every_eight.format(minutes="480")))

    daily = phase_of(a_posology(every_eight.format(minutes="360").replace(">8<", ">24<")))

    assert (same.times.clock, same.findings) == ((), ())
    assert other.times.clock == (time(8, 0),)
    assert daily.times.clock == (time(6, 0),)


def test_a_structured_event_that_is_empty_leaves_the_word_to_the_local_code(own_site: Site) -> None:
    empty = "<Evt_structuré_début><Evénement_structuré/></Evt_structuré_début>"

    phase = phase_of(a_posology(a_local_event("MS") + empty), site=own_site)

    assert [timed.moment.value for timed in phase.times.moments] == ["MORN", "EVE"]
    assert phase.findings == ()


def test_a_span_with_an_end_alone_is_no_hour() -> None:
    assert said(phase_of(a_posology(hours("2", "", "1000"))).findings) == [
        ("timing-unsupported", "1000")
    ]


@pytest.mark.parametrize(
    ("stated", "doubts"),
    [("20260302060000", []), ("20260302080000", [("timing-unsupported", "20260302080000")])],
)
def test_as_needed_by_pharmacy_software_may_repeat_the_start(
    stated: str, doubts: list[tuple[str, str]]
) -> None:
    event = f"""<Type_événement_début>SB</Type_événement_début>
    <Evénement_début>{stated}</Evénement_début>"""

    phase = phase_of(a_posology(event))

    assert phase.as_needed
    assert said(phase.findings) == doubts


@pytest.mark.parametrize(("sent", "doubts"), [("1", []), ("2", []), ("3", ["3"])])
def test_a_data_type_that_no_published_message_has_is_told(sent: str, doubts: list[str]) -> None:
    events = (
        CLINICAL.format(code="0", words=""),
        ACTIVITY.format(activity="4", operator="5"),
        hours("2", "0800", ""),
    )
    data_type = f"</Evt_nature><Evt_typedeDonnée>{sent}</Evt_typedeDonnée>"

    for event in events:
        phase = phase_of(a_posology(event.replace("</Evt_nature>", data_type)))
        assert said(phase.findings) == [("timing-unsupported", value) for value in doubts]


@pytest.mark.parametrize(
    ("code", "inside", "reasons"),
    [
        ("3", "<Evt_valeur>38.5</Evt_valeur>", ("Evt_clinique_code 3, Evt_valeur 38.5",)),
        ("0", "<Evt_valeur>38.5</Evt_valeur>", ("Evt_clinique_code 0, Evt_valeur 38.5",)),
        ("", "<Evt_valeur>38.5</Evt_valeur>", ("Evt_valeur 38.5",)),
        ("", "", ()),
    ],
)
def test_a_condition_without_words_is_told_by_its_codes(
    code: str, inside: str, reasons: tuple[str, ...]
) -> None:
    event = CLINICAL.format(code=code, words="").replace(
        "</Evénement_structuré>", f"{inside}</Evénement_structuré>"
    )

    phase = phase_of(a_posology(event + "<Evénement_début/>"))

    assert (phase.as_needed, phase.as_needed_for, phase.findings) == (True, reasons, ())


def test_a_moment_may_be_the_second_event() -> None:
    second = (
        ACTIVITY.format(activity="6", operator="3")
        .replace("Type_événement_début", "Type_événement2_début")
        .replace("Evt_structuré_début", "Evt_structuré2_début")
    )

    phase = phase_of(a_posology(CLINICAL.format(code="0", words="Si besoin") + second))

    assert phase.as_needed
    assert phase.times.moments == (MomentTime(moment=Moment.BEFORE_DINNER),)
    assert phase.findings == ()


def test_a_moment_without_its_nature_blocks() -> None:
    bare = ACTIVITY.format(activity="4", operator="5").replace("<Evt_nature>2</Evt_nature>", "")

    phase = phase_of(a_posology(bare))

    assert phase.times.moments == ()
    assert "event-condition" in [finding.code.value for finding in phase.findings]


def test_a_delay_in_no_unit_of_time_is_none_and_blocks() -> None:
    delay = "<Int_temps_év_début><Nombre>30</Nombre><Unité>tours</Unité></Int_temps_év_début>"

    phase = phase_of(a_posology(ACTIVITY.format(activity="4", operator="3") + delay))

    assert phase.times.moments == (MomentTime(moment=Moment.BEFORE_BREAKFAST),)
    assert said(phase.findings) == [("unit-unknown", "tours")]
