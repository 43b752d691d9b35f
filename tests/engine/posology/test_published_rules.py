"""The public standards row by row: FHIR R4 Timing and the French e-prescription guide.

Every expectation is worked out by hand from the rule named beside it. 2 March 2026 is a Monday;
the clocks of Paris change on 29 March and 25 October 2026.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from builders import REFERENCE

from engine.pipeline.expansion import expand_rows

UCUM = "http://unitsofmeasure.org"
GTS = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
MONDAY = "2026-03-02T00:00:00+01:00"
DAILY = {"frequency": 1, "period": 1, "periodUnit": "d"}

Json = dict[str, Any]


def lasting(value: float, code: str, unit: str | None = None) -> Json:
    """A `boundsDuration`."""
    stated = {"value": value, "system": UCUM, "code": code}
    return {"boundsDuration": stated if unit is None else {**stated, "unit": unit}}


def between(start: str, end: str) -> Json:
    """A `boundsPeriod`."""
    return {"boundsPeriod": {"start": start, "end": end}}


def dosage(repeat: Json, amount: float = 1, unit: str = "comprimé", **more: Any) -> Json:
    """A Dosage of one exact amount."""
    quantity = {"value": amount, "unit": unit}
    return {"timing": {"repeat": repeat}, "doseAndRate": [{"doseQuantity": quantity}], **more}


def coded(code: str, repeat: Json | None = None, system: str | None = GTS) -> Json:
    """A Dosage whose timing is a code, beside a `repeat` or alone."""
    coding = {"code": code} if system is None else {"system": system, "code": code}
    timing: Json = {"code": {"coding": [coding]}}
    if repeat is not None:
        timing["repeat"] = repeat
    return {**dosage({}), "timing": timing}


def answer(dosages: Json | Sequence[Json], start: str = MONDAY, days: int = 7, **row: Any) -> Json:
    listed = [dosages] if isinstance(dosages, Mapping) else list(dosages)
    asked = {"id": "r", "dosage": listed, "start": start, "horizon_days": days, **row}
    (line,) = expand_rows([json.dumps(asked)], REFERENCE)
    found: Json = json.loads(line)
    return found


def plan(dosages: Json | Sequence[Json], start: str = MONDAY, days: int = 7) -> list[str]:
    """`02 MORN`, `02 ACM@30` or `02 08:00` for each intake; the blocking codes when refused."""
    found = answer(dosages, start, days)
    if not found["computable"]:
        return [f"refused: {code}" for code in dict.fromkeys(blocking(found))]
    return [_label(one) for one in found["planned"]]


def blocking(found: Json) -> list[str]:
    return [one["code"] for one in found["findings"] if one["severity"] == "blocking"]


def _label(intake: Json) -> str:
    day, clock = intake["at"][8:10], intake["at"][11:16]
    if intake["moment"] is None:
        return f"{day} {clock}"
    minutes = intake["offset_minutes"]
    return f"{day} {intake['moment']}" + ("" if minutes is None else f"@{minutes}")


@pytest.mark.parametrize(
    ("repeat", "days", "expected"),
    [
        ({**DAILY, "period": 8, "periodUnit": "h"}, 1, ["02 00:00", "02 08:00", "02 16:00"]),
        ({**DAILY, "period": 7}, 15, ["02 MORN", "09 MORN", "16 MORN"]),
        ({**DAILY, "period": 21, "duration": 1, "durationUnit": "h"}, 22, ["02 MORN", "23 MORN"]),
        ({"when": ["CM"]}, 2, ["02 CM", "03 CM"]),
        ({"when": ["AC"], "offset": 10}, 1, ["02 ACM@10", "02 ACD@10", "02 ACV@10"]),
        ({**DAILY, "frequency": 2}, 1, ["02 MORN", "02 EVE"]),
        ({**DAILY, "frequency": 2, **lasting(1, "d")}, 3, ["02 MORN", "02 EVE"]),
        (
            {**DAILY, "dayOfWeek": ["mon", "wed", "fri"], "when": ["MORN"]},
            7,
            ["02 MORN", "04 MORN", "06 MORN"],
        ),
        ({**DAILY, "timeOfDay": ["10:00:00"]}, 2, ["02 10:00", "03 10:00"]),
        ({**DAILY, "period": 2, "when": ["MORN"], "count": 2}, 9, ["02 MORN", "04 MORN"]),
    ],
)
def test_a_row_of_the_timing_examples_of_fhir_has_one_plan(
    repeat: Json, days: int, expected: list[str]
) -> None:
    assert plan(dosage(repeat), days=days) == expected


@pytest.mark.parametrize(
    ("repeat", "code"),
    [
        ({**DAILY, "frequency": 3, "frequencyMax": 4}, "frequency-range"),
        ({**DAILY, "period": 4, "periodMax": 6, "periodUnit": "h"}, "period-range"),
        ({**DAILY, "frequency": 3, "periodUnit": "wk"}, "frequency-unplaced"),
        ({**DAILY, "frequency": 2, "when": ["AC"], "offset": 30}, "frequency-contradicted"),
        ({"count": 1}, "timing-missing"),
        ({**DAILY, "boundsPeriod": {"start": "2026-03-02T13:00:00"}}, "zone-missing"),
    ],
)
def test_a_row_of_the_timing_examples_that_leaves_a_choice_is_refused(
    repeat: Json, code: str
) -> None:
    assert code in blocking(answer(dosage(repeat)))


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        ("QD", ["02 MORN"]),
        ("BID", ["02 MORN", "02 EVE"]),
        ("TID", ["02 MORN", "02 NOON", "02 EVE"]),
        ("QID", ["02 MORN", "02 NOON", "02 EVE", "02 NIGHT"]),
        ("QOD", ["02 MORN"]),
        ("AM", ["02 MORN"]),
        ("BED", ["02 HS"]),
        *((code, ["refused: timing-code-unknown"]) for code in ("PM", "Q1H", "Q6H", "WK", "JB")),
    ],
)
def test_an_abbreviation_is_planned_only_when_it_names_its_times_of_day(
    code: str, expected: list[str]
) -> None:
    assert plan(coded(code), days=1) == expected


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (coded("BID", {"when": ["MORN", "HS"]}), ["02 MORN", "02 HS"]),
        (coded("BID", {"timeOfDay": ["08:00:00", "20:00:00"]}), ["02 08:00", "02 20:00"]),
        (coded("BID", {**DAILY, "frequency": 2}, system=None), ["02 MORN", "02 EVE"]),
        (coded("BID", {"when": ["MORN"]}), ["refused: timing-contradicted"]),
        (coded("BID", {"when": ["AC"]}), ["refused: timing-contradicted"]),
        (
            coded("BID", {**DAILY, "frequency": 2, "dayOfWeek": ["mon"]}),
            ["refused: timing-contradicted"],
        ),
        (coded("BID", system=None), ["refused: timing-code-unknown"]),
    ],
)
def test_a_code_beside_a_repeat_must_say_the_same(given: Json, expected: list[str]) -> None:
    assert plan(given, days=1) == expected


def test_three_a_day_for_five_days_are_fifteen_doses_whatever_the_hour_of_the_start() -> None:
    clocks = ["07:00:00", "12:00:00", "18:00:00"]
    given = dosage({"timeOfDay": clocks, **lasting(5, "d", "jour")})

    found = plan(given, start="2026-03-02T10:30:00+01:00", days=10)

    assert (len(found), found[0], found[-1]) == (15, "02 12:00", "07 07:00")


def test_an_end_written_one_minute_before_it_is_the_excluded_end() -> None:
    bounds = between("2026-03-02T09:52:00Z", "2026-03-07T09:51:59Z")
    given = dosage({"timeOfDay": ["07:00:00", "12:00:00", "18:00:00"], **bounds})

    assert len(plan(given, days=10)) == 15


def test_steps_of_two_days_each_run_forty_eight_hours() -> None:
    steps = [
        dosage({"timeOfDay": ["07:00:00"], **lasting(2, "d")}, amount, "mg", sequence=number)
        for number, amount in enumerate((6, 4, 2), start=1)
    ]

    found = answer(steps, start="2026-03-02T10:30:00+01:00", days=10)

    assert [(one["at"][8:10], one["quantity"]) for one in found["planned"]] == [
        ("03", "6"),
        ("04", "6"),
        ("05", "4"),
        ("06", "4"),
        ("07", "2"),
        ("08", "2"),
    ]


def test_a_pause_of_zero_takes_its_days_and_a_gap_in_the_numbers_none() -> None:
    steps = [
        dosage({**DAILY, **lasting(length, "d")}, amount, sequence=number)
        for number, amount, length in ((1, 1, 2), (3, 0, 3), (7, 2, 1))
    ]

    assert plan(steps, days=20) == ["02 MORN", "03 MORN", "07 MORN"]


@pytest.mark.parametrize(
    ("second", "expected"),
    [("2026-03-05", 4), ("2026-03-07", "sequence-gap"), ("2026-03-04", "sequence-gap")],
)
def test_dated_steps_touch_or_are_refused(second: str, expected: int | str) -> None:
    steps = [
        dosage({**DAILY, **between("2026-03-02", "2026-03-04")}, sequence=1),
        dosage({**DAILY, **between(second, second)}, 2, sequence=2),
    ]

    found = answer(steps, days=10)

    assert expected in (len(found["planned"]), *blocking(found))


def test_bounds_on_the_first_of_two_numbered_lines_alone_leave_open_whether_they_run_together() -> (
    None
):
    morning = dosage({"when": ["MORN"], **between("2026-03-02", "2026-03-08")}, sequence=1)
    evening = dosage({"when": ["EVE"]}, sequence=2)

    assert plan([morning, evening]) == ["refused: sequence-gap"]


@pytest.mark.parametrize(
    ("weeks", "expected"),
    [
        (1, ["02 MORN", "09 MORN", "16 MORN", "23 MORN"]),
        (2, ["02 MORN", "16 MORN"]),
        (3, ["02 MORN", "23 MORN"]),
        (4, ["02 MORN"]),
    ],
)
def test_a_weekday_every_so_many_weeks_counts_from_the_week_of_the_start(
    weeks: int, expected: list[str]
) -> None:
    repeat = {"dayOfWeek": ["mon"], "frequency": 1, "period": weeks, "periodUnit": "wk"}

    assert plan(dosage(repeat), days=28) == expected


def test_a_weekday_every_other_week_that_is_not_that_of_the_start_is_refused() -> None:
    repeat = {"dayOfWeek": ["tue"], "frequency": 1, "period": 2, "periodUnit": "wk"}

    assert plan(dosage(repeat), days=28) == ["refused: anchor-uncertain"]


@pytest.mark.parametrize(
    ("frequency", "unit", "slots", "expected"),
    [
        (2, "wk", {"when": ["MORN"]}, 2),
        (4, "wk", {"when": ["MORN", "EVE"]}, 4),
        (2, "d", {"when": ["MORN", "EVE"]}, 4),
        (3, "wk", {}, "frequency-contradicted"),
    ],
)
def test_a_frequency_over_named_weekdays_is_their_number_or_that_of_their_slots(
    frequency: int, unit: str, slots: Json, expected: int | str
) -> None:
    repeat = {"dayOfWeek": ["mon", "fri"], "frequency": frequency, "period": 1, "periodUnit": unit}

    found = answer(dosage({**repeat, **slots}))

    assert expected in (len(found["planned"]), *blocking(found))


@pytest.mark.parametrize(
    ("code", "value", "expected"),
    [("h", 48, 2), ("d", 5, 5), ("wk", 2, 14), ("mo", 1, 31), ("a", 1, 365)],
)
def test_a_length_is_half_open_in_every_unit(code: str, value: int, expected: int) -> None:
    assert len(plan(dosage({**DAILY, **lasting(value, code)}), days=400)) == expected


@pytest.mark.parametrize(
    ("bounds", "code"),
    [
        (lasting(1.5, "d"), "bounds-invalid"),
        (lasting(0, "d"), "bounds-invalid"),
        (lasting(30, "min"), "bounds-invalid"),
        (lasting(1, "d", "Woche(n)"), "unit-contradicted"),
        (lasting(5, "D"), "code-invalid"),
        ({"boundsRange": {"low": {"value": 5, "code": "d"}}}, "bounds-range"),
        (between("2026-03-05", "2026-03-01"), "end-before-start"),
        (between("2026-03", "2026-04"), "bounds-invalid"),
    ],
)
def test_bounds_that_name_no_one_end_are_refused(bounds: Json, code: str) -> None:
    assert code in blocking(answer(dosage({**DAILY, **bounds})))


@pytest.mark.parametrize(
    ("start", "zone"),
    [
        ("2026-03-27T07:00:00-04:00", "America/Guadeloupe"),
        ("2026-03-27T07:00:00+04:00", "Indian/Reunion"),
        ("2026-03-27T07:00:00+11:00", "Pacific/Noumea"),
    ],
)
def test_overseas_every_eight_hours_runs_on_where_the_clocks_never_change(
    start: str, zone: str
) -> None:
    hourly = dosage({"frequency": 1, "period": 8, "periodUnit": "h"})

    overseas = answer(hourly, start, 7, zone=zone)

    assert {one["at"][11:] for one in overseas["planned"]} == {
        f"{clock}:00:00{start[-6:]}" for clock in ("07", "15", "23")
    }
    assert blocking(answer(hourly, "2026-03-27T07:00:00+01:00", 7)) == ["clock-change"]


@pytest.mark.parametrize(
    ("start", "days", "expected"),
    [
        ("2026-03-27T00:00:00+01:00", 2, ["27 02:30", "28 02:30"]),
        ("2026-03-27T00:00:00+01:00", 3, ["refused: clock-change"]),
        ("2026-10-24T00:00:00+02:00", 2, ["refused: clock-change"]),
    ],
)
def test_half_past_two_is_refused_for_a_window_in_which_it_is_missing_or_comes_twice(
    start: str, days: int, expected: list[str]
) -> None:
    assert plan(dosage({"timeOfDay": ["02:30:00"]}), start, days) == expected


@pytest.mark.parametrize(
    "more",
    [
        {"asNeededBoolean": True},
        {"asNeededCodeableConcept": {"text": "Si douleurs"}},
        {"asNeeded": True},
        {"asNeededFor": [{"text": "Si douleurs"}]},
        *(
            {
                "extension": [
                    {
                        "url": f"http://hl7.org/fhir/5.0/StructureDefinition/extension-{name}",
                        **value,
                    }
                ]
            }
            for name, value in (
                ("Dosage.asNeeded", {"valueBoolean": True}),
                ("Dosage.asNeededFor", {"valueCodeableConcept": {"text": "Si douleurs"}}),
            )
        ),
    ],
)
def test_as_needed_in_any_version_of_the_standard_is_listed_and_never_planned(more: Json) -> None:
    found = answer(dosage(DAILY, **more))

    assert (found["computable"], found["planned"], len(found["as_needed"])) == (True, [], 1)


@pytest.mark.parametrize(
    "unit",
    ["dose_kg", "dose-kg", "dose-poids", "mg/kg", "mg/m2", "dose correspondant à 7 kg", "UI/kg"],
)
def test_a_dose_by_weight_or_surface_is_never_a_fixed_one(unit: str) -> None:
    assert plan(dosage({"when": ["MORN"]}, 20, unit)) == ["refused: dose-per-body"]


@pytest.mark.parametrize(
    ("limit", "expected"),
    [
        ({"numerator": {"value": 3, "unit": "g"}, "denominator": {"value": 1, "code": "d"}}, 6),
        (
            {"numerator": {"value": 2.9, "unit": "g"}, "denominator": {"value": 1, "code": "d"}},
            "maximum-exceeded",
        ),
        (
            {"numerator": {"value": 4, "unit": "mL"}, "denominator": {"value": 1, "code": "d"}},
            "maximum-not-comparable",
        ),
    ],
)
def test_a_maximum_holds_in_every_day_that_begins_with_a_dose(
    limit: Json, expected: int | str
) -> None:
    """500 mg every 4 hours make 3 g in any 24 hours: reached, and not exceeded."""
    hourly = {"frequency": 1, "period": 4, "periodUnit": "h"}

    for given in (limit, [limit]):  # R4 has one Ratio, R5 a list of them
        found = answer(dosage(hourly, 500, "mg", maxDosePerPeriod=given), days=1)
        assert expected in (len(found["planned"]), *blocking(found))


def test_a_restatement_of_the_structure_in_words_is_no_addition() -> None:
    four_of_seven = {
        "dayOfWeek": ["mon", "tue", "wed", "thu"],
        "frequency": 4,
        "period": 1,
        "periodUnit": "wk",
        **lasting(1, "mo", "mois"),
    }
    text = (
        "1 gélule pendant 4 jours (du lundi au jeudi) puis pause 3 jours (vendredi, samedi, "
        "dimanche). Recommencer ce cycle de 7 jours, à répéter pendant un mois"
    )

    plans = [plan(dosage(four_of_seven, unit="gélule", text=said)) for said in (text, None)]

    assert plans == [["02 MORN", "03 MORN", "04 MORN", "05 MORN"]] * 2


def test_words_alone_are_one_finding_with_or_without_dates_beside_them() -> None:
    text = "1 cp le matin"
    dated = {"text": text, "timing": {"repeat": between("2026-03-02", "2026-03-08")}}

    assert [blocking(answer(given)) for given in ({"text": text}, dated)] == [
        ["posology-text-only"],
        ["posology-text-only"],
    ]
