"""`semainier expand` row by row: its shape, its zone, and rows that nobody should send."""

import json
from typing import Any

import pytest
from builders import REFERENCE
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pipeline.expansion import expand_rows

TABLET = [{"doseQuantity": {"value": 1, "unit": "tablet"}}]


def answer(**row: Any) -> dict[str, Any]:
    """The answer to one row; start, horizon and zone have values of their own."""
    given = {"id": "r1", "start": "2026-03-02T00:00:00+01:00", "horizon_days": 1, **row}
    (line,) = expand_rows([json.dumps(given)], REFERENCE)
    found: dict[str, Any] = json.loads(line)
    return found


def codes(found: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in found["findings"]]


def test_a_row_is_answered_in_the_shape_that_is_promised() -> None:
    timing = {"repeat": {"when": ["ACM"], "offset": 30}}
    dose = [{"doseQuantity": {"value": 1.50, "unit": "mg", "code": "mg"}}]

    found = answer(dosage=[{"timing": timing, "doseAndRate": dose}])

    assert found == {
        "id": "r1",
        "computable": True,
        "planned": [
            {
                "at": "2026-03-02T08:00:00+01:00",
                "moment": "ACM",
                "offset_minutes": 30,
                "quantity": "1.5",
                "unit": "mg",
            }
        ],
        "as_needed": [],
        "findings": [],
    }


def test_the_zone_of_the_row_replaces_that_of_the_site() -> None:
    timing = {"repeat": {"timeOfDay": ["08:00:00"]}}

    found = answer(
        dosage=[{"timing": timing, "doseAndRate": TABLET}],
        zone="Pacific/Marquesas",
        start="2026-03-02T00:00:00-09:30",
    )

    assert [one["at"] for one in found["planned"]] == ["2026-03-02T08:00:00-09:30"]


def test_as_needed_is_listed_with_its_reason_and_nothing_is_planned() -> None:
    concept = {"text": "douleur"}
    dosage = {"asNeededCodeableConcept": concept, "doseAndRate": TABLET}

    found = answer(dosage=[dosage])

    assert (found["computable"], found["planned"]) == (True, [])
    (listed,) = found["as_needed"]
    shown = {"location", "quantity", "unit", "reasons", "text"}
    assert {name: listed[name] for name in shown} == {
        "location": "dosage[0]",
        "quantity": "1",
        "unit": "tablet",
        "reasons": ["douleur"],
        "text": None,
    }


def test_as_needed_repeats_the_range_the_rhythm_and_the_length_as_stated() -> None:
    """1 to 2 tablets every 4 to 6 hours for 5 days, at most 8 a day."""
    found = answer(
        dosage=[
            {
                "asNeededBoolean": True,
                "timing": {
                    "repeat": {
                        "boundsDuration": {"value": 5, "code": "d"},
                        "frequency": 1,
                        "period": 4,
                        "periodMax": 6,
                        "periodUnit": "h",
                    }
                },
                "doseAndRate": [
                    {
                        "doseRange": {
                            "low": {"value": 1, "unit": "tablet"},
                            "high": {"value": 2, "unit": "tablet"},
                        }
                    }
                ],
                "maxDosePerPeriod": {
                    "numerator": {"value": 8, "unit": "tablet"},
                    "denominator": {"value": 1, "code": "d"},
                },
            }
        ]
    )

    (listed,) = found["as_needed"]
    assert (found["planned"], listed["quantity"], listed["unit"]) == ([], None, None)
    assert (listed["dose"]["low"]["value"], listed["dose"]["high"]["value"]) == ("1", "2")
    assert listed["rhythm"]["frequency"] == {
        "times": 1,
        "times_high": None,
        "period": "4",
        "period_high": "6",
        "unit": "h",
    }
    assert listed["bounds"]["duration"] == {"value": "5", "unit": "d"}
    (most,) = listed["limits"]["per_period"]
    assert (most["amount"]["value"], most["period"]) == ("8", {"value": "1", "unit": "d"})
    assert found["findings"][0]["severity"] == "info"


def test_text_that_says_more_stops_the_row() -> None:
    timing = {"repeat": {"frequency": 1, "period": 1, "periodUnit": "d"}}
    until = [{"text": "jusqu'à disparition de la fièvre"}]

    found = answer(
        dosage=[{"timing": timing, "doseAndRate": TABLET, "additionalInstruction": until}]
    )

    assert (found["computable"], found["planned"]) == (False, [])
    assert "text-adds" in codes(found)


def test_a_clock_change_inside_the_horizon_stops_the_row() -> None:
    timing = {"repeat": {"frequency": 1, "period": 12, "periodUnit": "h"}}
    row = {"dosage": [{"timing": timing, "doseAndRate": TABLET}]}

    over = answer(**row, start="2026-03-28T08:00:00+01:00", horizon_days=3)
    before = answer(**row, start="2026-03-21T08:00:00+01:00", horizon_days=3)

    assert (over["computable"], codes(over)) == (False, ["clock-change"])
    assert (before["computable"], len(before["planned"])) == (True, 6)


def test_times_alone_are_planned_only_when_the_row_asks_for_them() -> None:
    dosage = [{"timing": {"repeat": {"when": ["MORN"]}}}]

    assert codes(answer(dosage=dosage)) == ["dose-missing"]
    assert answer(dosage=dosage, timing_only=True)["planned"][0]["quantity"] is None


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"dosage": None}, "dosage"),
        ({"dosage": {"timing": {}}}, "dosage"),
        ({"start": "2026-03-02T00:00:00"}, "start"),
        ({"start": "tomorrow"}, "start"),
        ({"horizon_days": -1}, "horizon_days"),
        ({"horizon_days": 10**9}, "horizon_days"),
        ({"horizon_days": True}, "horizon_days"),
        ({"zone": "Europe/Ys"}, "zone"),
        ({"zone": "../etc/passwd"}, "zone"),
        ({"start": "9999-12-31T00:00:00+00:00", "horizon_days": 30}, "start"),
        ({"start": "0001-01-01T00:00:00+14:00"}, "start"),
    ],
)
def test_a_row_that_cannot_be_used_names_its_key(change: dict[str, Any], place: str) -> None:
    timing = {"repeat": {"timeOfDay": ["08:00:00"]}}

    found = answer(**{"dosage": [{"timing": timing, "doseAndRate": TABLET}], **change})

    assert (found["id"], found["computable"], found["planned"]) == ("r1", False, [])
    assert [finding["location"] for finding in found["findings"]] == [place]


def test_a_broken_row_never_stops_the_others() -> None:
    good = {
        "id": "good",
        "dosage": [{"timing": {"repeat": {"when": ["HS"]}}, "doseAndRate": TABLET}],
        "start": "2026-03-02T00:00:00+01:00",
        "horizon_days": 1,
    }

    lines = ["{broken", "", "[1]", '{"id": {}}', json.dumps(good), "[" * 100_000]
    found = [json.loads(line) for line in expand_rows(lines, REFERENCE)]

    assert [one["computable"] for one in found] == [False, False, False, True, False]
    assert found[3]["id"] == "good"


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    *("timing", "repeat", "frequency", "period", "periodUnit", "when", "offset"),
                    *("timeOfDay", "dayOfWeek", "boundsPeriod", "boundsDuration", "start", "end"),
                    *("value", "unit", "code", "count", "doseAndRate", "doseQuantity", "sequence"),
                    *("event", "extension", "url", "text", "asNeededBoolean", "maxDosePerPeriod"),
                    *("numerator", "denominator", "coding", "system", "additionalInstruction"),
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=25,
)


@given(dosage=JSON)
@settings(max_examples=150, deadline=None)
def test_no_json_makes_a_row_crash_or_answer_nothing(dosage: object) -> None:
    found = answer(dosage=[dosage, {"timing": dosage}, {"timing": {"repeat": dosage}}])

    assert found["id"] == "r1"
    assert found["computable"] or found["findings"]


@pytest.mark.parametrize(
    "repeat",
    [
        {"when": ["MORN"], "boundsPeriod": {"end": "9999-12-31"}},
        {"when": ["MORN"], "boundsPeriod": {"start": "0001-01-01", "end": "9999-12-31"}},
        {"when": ["MORN"], "boundsPeriod": {"start": "9999-12-31T23:59:59-12:00"}},
        {"when": ["MORN"], "boundsDuration": {"value": 10**17, "code": "d"}},
        {"when": ["MORN"], "count": 2**31 - 1, "boundsPeriod": {"start": "1000-01-01"}},
        {"frequency": 1, "period": 10**17, "periodUnit": "h"},
        {"frequency": 1, "period": 10**4, "periodUnit": "h"},
        {"frequency": 1, "period": 10**4, "periodUnit": "a"},
        {"frequency": 2**31 - 1, "period": 1, "periodUnit": "d"},
    ],
)
def test_extreme_dates_and_numbers_are_answered(repeat: dict[str, Any]) -> None:
    found = answer(dosage=[{"timing": {"repeat": repeat}, "doseAndRate": TABLET}])

    assert found["computable"] == bool(found["planned"])
    assert found["computable"] or found["findings"]


def test_an_end_at_the_end_of_the_calendar_is_no_end() -> None:
    repeat = {"when": ["MORN"], "boundsPeriod": {"end": "9999-12-31"}}

    assert len(answer(dosage=[{"timing": {"repeat": repeat}, "doseAndRate": TABLET}])["planned"])
