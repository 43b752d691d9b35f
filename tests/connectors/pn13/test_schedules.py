"""PN13 lines from the message to their dated doses, at the reference site, worked out by hand.

The site has MORN and breakfast at 08:00, NOON and lunch at 12:00, EVE and dinner at 19:00.
"""

from datetime import date

import pytest
from constructs_pn13 import message
from explained import MIDNIGHT, blocked, dated, explained_line
from pn13_messages import ACTIVITY, CLINICAL, DAILY_FREQUENCY, a_posology, amount

from schemas.explanation import ExplainedLine

AT_EIGHT = """<Type_événement_début>2</Type_événement_début>
<Evt_structuré_début><Evénement_structuré><Evt_objet><Evt_nature>3</Evt_nature>
<Evt_période_explicite><Evt_horaireMin>0800</Evt_horaireMin></Evt_période_explicite>
</Evt_objet></Evénement_structuré></Evt_structuré_début>"""


def explained(example: str, start: str = MIDNIGHT, days: int = 2) -> ExplainedLine:
    first = date.fromisoformat(start[:10])
    return explained_line(message(example, start), "pn13", first=first, days=days)


def a_frequency(scale: str, times: str = "", period: str = "", days: str = "") -> str:
    return f"""<Fréquence_structurée><Frq_échelle>{scale}</Frq_échelle>
    <Frq_durée>{period}</Frq_durée><Frq_multiplicité>{times}</Frq_multiplicité>
    <Frq_filtre>{days}</Frq_filtre></Fréquence_structurée>"""


def a_limit(kind: str, number: str, unit: str) -> str:
    event = f"""<Type_événement_début>4</Type_événement_début>
    <Evénement_début>{kind}</Evénement_début>"""
    return a_posology(event, dose=amount(number, unit))


def at(activity: str, number: str = "1") -> str:
    return a_posology(ACTIVITY.format(activity=activity, operator="5"), dose=amount(number, "cpr"))


def test_n_a_day_is_at_the_moments_of_the_site() -> None:
    line = explained(a_posology(a_frequency("4", times="2")), days=1)

    assert dated(line) == ["03-02 08:00 MORN 1", "03-02 19:00 EVE 1"]
    assert "distribution-used" in [finding.code.value for finding in line.findings]


def test_a_number_a_day_without_moments_of_the_site_blocks() -> None:
    assert blocked(explained(a_posology(a_frequency("4", times="5")))) == ["distribution-missing"]


def test_every_second_day_counts_from_the_day_of_the_start() -> None:
    line = explained(a_posology(a_frequency("4", period="2")), days=5)

    assert dated(line) == ["03-02 08:00 MORN 1", "03-04 08:00 MORN 1", "03-06 08:00 MORN 1"]


def test_an_interval_of_hours_runs_from_the_start() -> None:
    line = explained(a_posology(a_frequency("3", period="8")), "2026-03-02T06:00:00+01:00", 1)

    assert dated(line) == ["03-02 06:00 1", "03-02 14:00 1", "03-02 22:00 1"]


def test_an_interval_of_hours_needs_the_hour_of_the_start() -> None:
    day = "<Dh_début>20260302</Dh_début>"

    assert blocked(explained(day + a_posology(a_frequency("3", period="8")))) == ["start-missing"]


def test_whole_days_in_hours_keep_their_hour() -> None:
    event = """<Type_événement_début>1</Type_événement_début>
    <Int_temps_év_début><Nombre>{}</Nombre><Unité>mn</Unité></Int_temps_év_début>"""

    line = explained(a_posology(a_frequency("3", period="24") + event.format("480")))
    same = explained(
        a_posology(a_frequency("3", period="24") + event.format("480")),
        "2026-03-02T08:00:00+01:00",
    )

    assert dated(line) == ["03-02 08:00 1", "03-03 08:00 1"]
    assert dated(same) == ["03-02 08:00 1", "03-03 08:00 1"]


def test_once_a_month_is_on_the_day_of_the_start() -> None:
    line = explained(a_posology(a_frequency("6")), days=35)

    assert dated(line) == ["03-02 08:00 MORN 1", "04-02 08:00 MORN 1"]


def test_n_a_day_on_weekdays_is_n_on_each_of_them() -> None:
    tuesday = "<Frq_filtreVal_1_J>2</Frq_filtreVal_1_J>"

    line = explained(a_posology(a_frequency("4", times="2", period="1", days=tuesday)), days=8)

    assert dated(line) == ["03-03 08:00 MORN 1", "03-03 19:00 EVE 1"]


@pytest.mark.parametrize(("scale", "dates"), [("5", ["02", "05", "09"]), ("4", ["02", "05", "09"])])
def test_weekdays_are_planned_every_week(scale: str, dates: list[str]) -> None:
    days = "<Frq_filtreVal_1_J>1</Frq_filtreVal_1_J><Frq_filtreVal_1_J>4</Frq_filtreVal_1_J>"

    line = explained(a_posology(a_frequency(scale, days=days)), days=10)

    assert dated(line) == [f"03-{day} 08:00 MORN 1" for day in dates]


def test_a_day_that_not_every_month_has_blocks() -> None:
    last = "<Frq_filtreVal_2>31</Frq_filtreVal_2>"

    assert blocked(explained(a_posology(a_frequency("6", days=last)))) == ["month-day-missing"]


def test_days_named_in_two_ways_block() -> None:
    both = "<Frq_filtreVal_1_J>1</Frq_filtreVal_1_J><Frq_filtreVal_2>15</Frq_filtreVal_2>"

    assert blocked(explained(a_posology(a_frequency("4", days=both)))) == ["timing-contradicted"]


def test_a_meal_that_is_not_named_is_every_meal_of_the_site() -> None:
    line = explained(at("1"), days=1)

    assert dated(line) == ["03-02 08:00 CM 1", "03-02 12:00 CD 1", "03-02 19:00 CV 1"]


def test_twice_a_day_is_not_at_three_meals() -> None:
    with_meals = a_frequency("4", times="2") + ACTIVITY.format(activity="1", operator="5")

    assert blocked(explained(a_posology(with_meals))) == ["frequency-contradicted"]


def test_a_moment_without_an_hour_of_the_site_blocks() -> None:
    assert blocked(explained(at("7"))) == ["moment-unknown"]


def test_a_type_of_event_that_is_not_public_blocks() -> None:
    other = "<Type_événement_début>9</Type_événement_début>" + DAILY_FREQUENCY

    assert blocked(explained(a_posology(other))) == ["code-invalid"]


def test_doses_closer_than_the_minimum_delay_block() -> None:
    every_four = a_posology(a_frequency("3", period="4"))

    close = explained(every_four + a_limit("1", "6", "h"), "2026-03-02T06:00:00+01:00")
    apart = explained(every_four + a_limit("1", "4", "h"), "2026-03-02T06:00:00+01:00", 1)

    assert blocked(close) == ["timing-contradicted"]
    assert len(apart.planned) == 5  # 06, 10, 14, 18 and 22 o'clock


@pytest.mark.parametrize("kind", ["2", "7"])
def test_a_plan_within_a_maximum_is_kept(kind: str) -> None:
    line = explained("<Dh_fin>20260303</Dh_fin>" + at("4") + a_limit(kind, "2", "cpr"))

    assert dated(line) == ["03-02 08:00 CM 1", "03-03 08:00 CM 1"]


def test_a_dose_above_the_most_of_one_intake_blocks() -> None:
    assert blocked(explained(at("4", "3") + a_limit("2", "2", "cpr"))) == ["maximum-exceeded"]


def test_a_plan_within_the_most_of_a_day_is_kept() -> None:
    three = a_posology(a_frequency("4", times="3"))

    kept = explained(three + a_limit("3", "3", "cpr"), days=1)
    above = explained(three + a_limit("3", "2", "cpr"), days=1)

    assert len(kept.planned) == 3
    assert blocked(above) == ["maximum-exceeded"]


def test_a_plan_above_the_most_of_a_lifetime_blocks() -> None:
    five_days = "<Dh_fin>20260306</Dh_fin>" + at("4")

    assert blocked(explained(five_days + a_limit("7", "4", "cpr"))) == ["maximum-exceeded"]


def test_a_maximum_in_another_unit_than_the_dose_blocks() -> None:
    assert blocked(explained(at("4") + a_limit("3", "4000", "mg"))) == ["maximum-not-comparable"]


def test_an_element_without_a_dose_blocks() -> None:
    assert blocked(explained(a_posology(DAILY_FREQUENCY, dose=""))) == ["dose-missing"]


def test_several_elements_are_taken_together() -> None:
    line = explained(at("4", "1") + at("6", "2"))

    assert dated(line) == [
        "03-02 08:00 CM 1",
        "03-02 19:00 CV 2",
        "03-03 08:00 CM 1",
        "03-03 19:00 CV 2",
    ]


def test_two_elements_at_one_moment_block() -> None:
    assert blocked(explained(at("4", "1") + at("4", "2"))) == ["slot-twice"]


def test_a_fixed_element_is_planned_beside_one_as_needed() -> None:
    line = explained(at("4") + a_posology(CLINICAL.format(code="0", words="")), days=1)

    assert dated(line) == ["03-02 08:00 CM 1"]
    assert len(line.schedule.as_needed) == 1


def test_an_end_with_an_hour_includes_that_hour() -> None:
    line = explained("<Dh_fin>20260303080000</Dh_fin>" + a_posology(AT_EIGHT), days=4)

    assert dated(line) == ["03-02 08:00 1", "03-03 08:00 1"]


def test_an_end_one_second_before_a_dose_excludes_it() -> None:
    line = explained("<Dh_fin>20260304075959</Dh_fin>" + a_posology(AT_EIGHT), days=4)

    assert dated(line) == ["03-02 08:00 1", "03-03 08:00 1"]


def test_an_end_that_is_a_day_includes_that_day() -> None:
    line = explained("<Dh_fin>20260303</Dh_fin>" + at("6"), days=4)

    assert dated(line) == ["03-02 19:00 CV 1", "03-03 19:00 CV 1"]


def test_a_line_without_an_end_goes_on() -> None:
    assert len(explained(at("4"), days=400).planned) == 400


def test_doses_before_the_start_are_not_planned() -> None:
    line = explained(a_posology(a_frequency("4", times="2")), "2026-03-02T10:30:00+01:00", 2)

    assert dated(line) == ["03-02 19:00 EVE 1", "03-03 08:00 MORN 1", "03-03 19:00 EVE 1"]
    assert "first-doses-past" in [finding.code.value for finding in line.findings]


def test_an_end_before_the_start_blocks() -> None:
    assert blocked(explained("<Dh_fin>20260228</Dh_fin>" + at("4"))) == ["end-before-start"]


def test_a_filter_that_has_no_place_plans_nothing() -> None:
    of_the_year = "<Frq_filtreVal_3>40</Frq_filtreVal_3><Frq_filtreVal_3>80</Frq_filtreVal_3>"

    line = explained(a_posology(a_frequency("7", days=of_the_year)))

    assert "timing-unsupported" in blocked(line)
    assert "40 80" in [finding.quoted for finding in line.findings]


def test_hours_beside_days_of_the_week_plan_nothing() -> None:
    monday = "<Frq_filtreVal_1_J>1</Frq_filtreVal_1_J>"

    assert blocked(explained(a_posology(a_frequency("3", days=monday)))) == ["frequency-ambiguous"]


def test_a_condition_in_the_indication_of_a_fixed_dose_plans_nothing() -> None:
    line = explained("<Indication>En cas de douleur</Indication>" + at("4"))

    assert blocked(line) == ["text-adds"]
