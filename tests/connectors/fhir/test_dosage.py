"""FHIR Dosage read near-literally: each element has its place, each broken rule its finding."""

import json
from datetime import UTC, date, datetime, time
from decimal import Decimal
from typing import Any

import pytest
from builders import REFERENCE

from connectors.fhir.dosage.read import read_dosages
from connectors.trail import Trail
from schemas.finding import FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import Frequency, Phase, Weekday
from schemas.quantity import Duration, PeriodUnit, Quantity

AT = "MedicationRequest.dosageInstruction"
UCUM = "http://unitsofmeasure.org"
GTS = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"


def read(dosage: Any, trail: Trail | None = None) -> Phase:
    """The phase of one Dosage, decoded from JSON as a reader decodes it."""
    decoded = json.loads(json.dumps(dosage), parse_float=Decimal)
    (phase,) = read_dosages([decoded], AT, trail or Trail(), REFERENCE)
    return phase


def timed(**repeat: Any) -> Phase:
    """The phase of a Dosage that has this `timing.repeat` alone."""
    return read({"timing": {"repeat": repeat}})


def doubts(phase: Phase) -> list[tuple[str, str]]:
    """Each finding as its code and the path below the Dosage."""
    return [
        (finding.code.value, finding.location.removeprefix(f"{AT}[0]"))
        for finding in phase.findings
    ]


def test_a_whole_dosage_is_translated_element_by_element() -> None:
    phase = read(
        {
            "sequence": 2,
            "text": "1 comprimé le lundi matin pendant 3 semaines",
            "additionalInstruction": [{"text": "à avaler"}],
            "patientInstruction": "avec de l'eau",
            "timing": {
                "repeat": {
                    "boundsDuration": {"value": 3, "unit": "semaine", "system": UCUM, "code": "wk"},
                    "dayOfWeek": ["mon"],
                    "when": ["ACM"],
                    "offset": 30,
                    "frequency": 1,
                    "period": 1,
                    "periodUnit": "wk",
                }
            },
            "doseAndRate": [{"doseQuantity": {"value": 0.50, "unit": "mg", "code": "mg"}}],
            "maxDosePerPeriod": {
                "numerator": {"value": 4, "unit": "mg"},
                "denominator": {"value": 24, "system": UCUM, "code": "h"},
            },
        }
    )

    assert phase.location == f"{AT}[0]"
    assert phase.sequence == 2
    assert phase.instructions == ("à avaler", "avec de l'eau")
    assert phase.bounds.duration == Duration(value=Decimal(3), unit=PeriodUnit.WEEK)
    assert phase.rhythm.weekdays == (Weekday.MONDAY,)
    assert phase.rhythm.frequency == Frequency(times=1, period=Decimal(1), unit=PeriodUnit.WEEK)
    assert phase.times.moments == (MomentTime(moment=Moment.BEFORE_BREAKFAST, offset_minutes=30),)
    assert phase.dose is not None
    assert phase.dose.exact == Quantity(value=Decimal("0.5"), unit="mg", code="mg")
    assert phase.limits.per_period[0].period == Duration(value=Decimal(24), unit=PeriodUnit.HOUR)
    assert phase.findings == ()


def test_a_decimal_keeps_the_precision_of_its_sender() -> None:
    dosage = json.loads(
        '{"doseAndRate": [{"doseQuantity": {"value": 1.10, "unit": "mL"}}]}', parse_float=Decimal
    )

    (phase,) = read_dosages([dosage], AT, Trail(), REFERENCE)

    assert phase.dose is not None
    assert phase.dose.low is not None
    assert str(phase.dose.low.value) == "1.10"


def test_a_binary_float_is_refused_like_any_wrong_type() -> None:
    (phase,) = read_dosages(
        [{"doseAndRate": [{"doseQuantity": {"value": 0.1, "unit": "mL"}}]}],
        AT,
        Trail(),
        REFERENCE,
    )

    assert doubts(phase) == [("value-invalid", ".doseAndRate[0].doseQuantity.value")]


def test_every_leaf_that_gives_something_is_marked_on_the_trail() -> None:
    trail = Trail()
    trail.met(f"{AT}[0].timing.repeat.when[0]", "MORN")
    trail.met(f"{AT}[0].route.text", "orale")

    read({"timing": {"repeat": {"when": ["MORN"]}}, "route": {"text": "orale"}}, trail)

    assert {source.location: source.gives for source in trail.sources()} == {
        f"{AT}[0].timing.repeat.when[0]": "times.moments.moment",
        f"{AT}[0].route.text": None,
    }


def test_dates_and_instants_stay_what_they_are() -> None:
    phase = timed(boundsPeriod={"start": "2026-03-02", "end": "2026-03-05T08:00:00Z"})

    assert phase.bounds.start == date(2026, 3, 2)
    assert phase.bounds.end == datetime(2026, 3, 5, 8, tzinfo=UTC)
    assert phase.bounds.end_included


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        ({"duration": 5}, ("timing-invalid", "duration")),
        ({"period": 1}, ("timing-invalid", "period")),
        ({"period": -1, "periodUnit": "d"}, ("timing-invalid", "period")),
        ({"duration": -2, "durationUnit": "h"}, ("timing-invalid", "duration")),
        ({"periodMax": 6, "periodUnit": "h"}, ("timing-invalid", "periodMax")),
        ({"durationMax": 6, "durationUnit": "h"}, ("timing-invalid", "durationMax")),
        ({"countMax": 3}, ("timing-invalid", "countMax")),
        ({"offset": 30}, ("timing-invalid", "offset")),
        ({"offset": 30, "when": ["MORN", "CM"]}, ("timing-invalid", "offset")),
        ({"when": ["EVE"], "timeOfDay": ["20:00:00"]}, ("timing-invalid", "timeOfDay")),
        ({"when": ["BREAKFAST"]}, ("code-invalid", "when[0]")),
        ({"when": ["AGU"]}, ("code-invalid", "when[0]")),
        ({"dayOfWeek": ["Mon"]}, ("code-invalid", "dayOfWeek[0]")),
        ({"period": 1, "periodUnit": "D"}, ("code-invalid", "periodUnit")),
        ({"timeOfDay": ["8:00"]}, ("value-invalid", "timeOfDay[0]")),
        ({"timeOfDay": "08:00:00"}, ("value-invalid", "timeOfDay")),
        ({"frequency": 0}, ("value-invalid", "frequency")),
        ({"frequency": 1.5}, ("value-invalid", "frequency")),
        ({"frequency": "1"}, ("value-invalid", "frequency")),
        ({"count": True}, ("value-invalid", "count")),
        ({"period": "1", "periodUnit": "d"}, ("value-invalid", "period")),
        ({"boundsPeriod": {"start": "2026-03"}}, ("bounds-invalid", "boundsPeriod.start")),
        ({"boundsPeriod": {"start": "2026-02-30"}}, ("bounds-invalid", "boundsPeriod.start")),
        (
            {"boundsPeriod": {"start": "2026-03-02T08:00:00"}},
            ("zone-missing", "boundsPeriod.start"),
        ),
        (
            {"boundsDuration": {"value": 7, "unit": "jours"}},
            ("code-invalid", "boundsDuration.code"),
        ),
        (
            {"boundsDuration": {"value": 7, "unit": "semaines", "code": "d"}},
            ("unit-contradicted", "boundsDuration.unit"),
        ),
        (
            {"boundsDuration": {"value": 7, "comparator": "<", "code": "d"}},
            ("bounds-range", "boundsDuration.comparator"),
        ),
        (
            {"boundsRange": {"low": {"value": 1, "code": "d"}}},
            ("bounds-range", "boundsRange.low"),
        ),
        ({"dayOfMonth": [1]}, ("element-foreign", "dayOfMonth")),
        (
            {"extension": [{"url": "http://example.org/dayOfMonth", "valueInteger": 1}]},
            ("timing-unsupported", "extension[0].url"),
        ),
        (
            {"modifierExtension": [{"url": "http://example.org/cycle"}]},
            ("modifier-unknown", "modifierExtension[0].url"),
        ),
    ],
)
def test_a_broken_rule_of_the_timing_is_a_finding_at_its_path(
    repeat: dict[str, Any], expected: tuple[str, str]
) -> None:
    code, place = expected

    assert (code, f".timing.repeat.{place}") in doubts(timed(**repeat))


def test_a_period_unit_alone_is_valid_fhir() -> None:
    assert timed(frequency=1, periodUnit="wk").findings == ()


def test_the_french_moments_come_by_their_extension() -> None:
    url = (
        "https://interop.esante.gouv.fr/ig/fhir/eprescription"
        "/StructureDefinition/fr-additional-when-values"
    )

    phase = timed(extension=[{"url": url, "valueCode": "AGU"}])

    assert phase.times.moments == (MomentTime(moment=Moment.BEFORE_GETTING_UP),)
    assert phase.findings == ()


def test_exact_timing_changes_nothing() -> None:
    url = "http://hl7.org/fhir/StructureDefinition/timing-exact"

    assert timed(when=["HS"], extension=[{"url": url, "valueBoolean": True}]).findings == ()


@pytest.mark.parametrize(
    ("code", "frequency", "moments"),
    [
        ("QD", (1, 1), ()),
        ("BID", (2, 1), ()),
        ("TID", (3, 1), ()),
        ("QID", (4, 1), ()),
        ("QOD", (1, 2), ()),
        ("AM", None, ("MORN",)),
        ("BED", None, ("HS",)),
    ],
)
def test_each_row_of_the_table_of_timing_codes_says_what_it_stands_for(
    code: str, frequency: tuple[int, int] | None, moments: tuple[str, ...]
) -> None:
    phase = read({"timing": {"code": {"coding": [{"system": GTS, "code": code}]}}})

    stated = phase.rhythm.frequency
    assert (stated and (stated.times, stated.period)) == frequency
    assert tuple(one.moment.value for one in phase.times.moments) == moments
    assert phase.timing_code is not None
    assert phase.timing_code.code == code
    assert phase.findings == ()


@pytest.mark.parametrize(
    "concept",
    [
        {"coding": [{"system": GTS, "code": "PM"}]},
        {"coding": [{"system": GTS, "code": "Q6H"}]},
        {"coding": [{"system": "http://snomed.info/sct", "code": "229799001"}]},
        {"coding": [{"code": "BID"}]},
        {"coding": [{"system": GTS}]},
        {"text": "selon protocole"},
        {},
    ],
)
def test_a_timing_code_that_the_table_does_not_have_has_no_meaning(
    concept: dict[str, Any],
) -> None:
    phase = read({"timing": {"code": concept}})

    assert doubts(phase) == [("timing-code-unknown", ".timing.code")]


def test_code_and_repeat_must_agree() -> None:
    code = {"coding": [{"system": GTS, "code": "BID"}]}
    twice = {"frequency": 2, "period": 1, "periodUnit": "d"}

    assert doubts(read({"timing": {"code": code, "repeat": twice}})) == []
    assert doubts(read({"timing": {"code": code, "repeat": {**twice, "frequency": 3}}})) == [
        ("timing-contradicted", ".timing.code")
    ]


def test_the_code_holds_within_the_bounds() -> None:
    code = {"coding": [{"system": GTS, "code": "BID"}]}
    bounds = {"boundsPeriod": {"start": "2026-03-02"}}

    phase = read({"timing": {"code": code, "repeat": bounds}})

    assert phase.bounds.start == date(2026, 3, 2)
    assert phase.rhythm.frequency is not None
    assert phase.rhythm.frequency.times == 2


def test_events_are_dates_and_stand_alone() -> None:
    events = ["2026-03-02T09:00:00+01:00", "2026-03-05"]

    alone = read({"timing": {"event": events}})
    beside = read({"timing": {"event": events, "repeat": {"when": ["MORN"]}}})

    assert [type(one) for one in alone.rhythm.dates] == [datetime, date]
    assert doubts(alone) == []
    assert doubts(beside) == [("timing-unsupported", ".timing.event")]


def test_of_several_doses_the_ordered_one_counts_and_without_it_none() -> None:
    def dose(kind: str, value: int) -> dict[str, Any]:
        return {
            "type": {"coding": [{"code": kind}]},
            "doseQuantity": {"value": value, "unit": "mg"},
        }

    ordered = read({"doseAndRate": [dose("calculated", 1000), dose("ordered", 1800)]})
    neither = read({"doseAndRate": [dose("calculated", 1000), dose("calculated", 1800)]})

    assert ordered.dose is not None
    assert ordered.dose.exact == Quantity(value=Decimal(1800), unit="mg")
    assert neither.dose is None
    assert doubts(neither) == [("dose-several", ".doseAndRate")]


def test_ranges_rates_and_doses_by_weight_are_translated_and_not_judged() -> None:
    low, high = {"value": 1, "unit": "cp"}, {"value": 2, "unit": "cp"}
    rate = {"numerator": {"value": 5, "unit": "mg"}, "denominator": {"value": 1, "unit": "h"}}

    between = read({"doseAndRate": [{"doseRange": {"low": low, "high": high}}]}).dose
    running = read({"doseAndRate": [{"rateRatio": rate}]}).dose
    weighed = read({"doseAndRate": [{"doseQuantity": {"value": 10, "unit": "mg/kg"}}]}).dose

    assert between is not None
    assert (between.low, between.high) == (
        Quantity(value=Decimal(1), unit="cp"),
        Quantity(value=Decimal(2), unit="cp"),
    )
    assert running is not None
    assert running.rate == "5 mg / 1 h"
    assert weighed is not None
    assert weighed.per_body


def test_stu3_puts_the_dose_on_the_dosage_itself() -> None:
    phase = read({"doseQuantity": {"value": 1, "unit": "tablet"}})

    assert phase.dose is not None
    assert phase.dose.exact == Quantity(value=Decimal(1), unit="tablet")


@pytest.mark.parametrize(
    ("dosage", "reasons"),
    [
        ({"asNeededBoolean": True}, ()),
        ({"asNeededCodeableConcept": {"text": "douleur"}}, ("douleur",)),
        ({"asNeeded": True, "asNeededFor": [{"text": "toux"}]}, ("toux",)),
        (
            {
                "extension": [
                    {
                        "url": "http://hl7.org/fhir/5.0/StructureDefinition"
                        "/extension-Dosage.asNeededFor",
                        "valueCodeableConcept": {"text": "fièvre"},
                    }
                ]
            },
            ("fièvre",),
        ),
    ],
)
def test_as_needed_is_read_in_each_of_its_forms(
    dosage: dict[str, Any], reasons: tuple[str, ...]
) -> None:
    phase = read(dosage)

    assert (phase.as_needed, phase.as_needed_for) == (True, reasons)


def test_a_reason_beside_a_flag_that_says_no_is_a_doubt() -> None:
    url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Dosage.asNeededFor"
    reason = {"url": url, "valueCodeableConcept": {"text": "toux"}}

    phase = read({"asNeededBoolean": False, "extension": [reason]})

    assert not phase.as_needed
    assert doubts(phase) == [("timing-invalid", ".asNeededBoolean")]


def test_a_flag_of_the_wrong_type_is_not_taken_for_as_needed() -> None:
    phase = read({"asNeededBoolean": "true"})

    assert not phase.as_needed
    assert doubts(phase) == [("value-invalid", ".asNeededBoolean")]


def test_a_modifier_extension_blocks_wherever_it_stands() -> None:
    modifier = [{"url": "http://example.org/minimum-gap"}]

    phase = read({"modifierExtension": modifier, "timing": {"modifierExtension": modifier}})

    assert doubts(phase) == [
        ("modifier-unknown", ".modifierExtension[0].url"),
        ("modifier-unknown", ".timing.modifierExtension[0].url"),
    ]


def test_a_maximum_that_cannot_be_read_is_never_dropped() -> None:
    broken = {"numerator": {"value": "1,00"}, "denominator": {"value": 1, "code": "d"}}

    phase = read({"maxDosePerPeriod": broken})

    assert phase.limits.per_period == ()
    assert FindingCode.MAXIMUM_NOT_COMPARABLE in [finding.code for finding in phase.findings]


def test_a_unit_whose_text_and_code_differ_is_a_contradiction() -> None:
    quantity = {"value": 1, "unit": "g", "system": UCUM, "code": "mg"}

    phase = read({"doseAndRate": [{"doseQuantity": quantity}]})

    assert doubts(phase) == [("unit-contradicted", ".doseAndRate[0].doseQuantity.unit")]


def test_clock_times_are_local_times() -> None:
    assert timed(timeOfDay=["08:00:00", "20:30:00"]).times.clock == (time(8), time(20, 30))


@pytest.mark.parametrize("dosage", [None, 1, "1 cp", [], True])
def test_what_is_no_dosage_is_a_phase_with_a_finding(dosage: object) -> None:
    assert doubts(read(dosage)) == [("value-invalid", "")]


def test_an_extension_that_speaks_of_a_cycle_blocks_and_another_is_said() -> None:
    cycle = {"url": "http://example.org/type", "valueCoding": {"display": "Cyclic"}}
    other = {"url": "http://example.org/flag", "valueBoolean": True}

    phase = read({"extension": [cycle, other]})

    assert doubts(phase) == [
        ("timing-unsupported", ".extension[0].url"),
        ("element-unread", ".extension[1].url"),
    ]


def test_the_extension_of_r5_as_needed_is_read_and_its_false_is_no_reason() -> None:
    url = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Dosage.asNeeded"
    needed, fixed = (
        read({"extension": [{"url": url, "valueBoolean": value}]}) for value in (True, False)
    )

    assert (needed.as_needed, fixed.as_needed) == (True, False)
    assert doubts(needed) == doubts(fixed) == []


@pytest.mark.parametrize(
    ("repeat", "expected"),
    [
        ({"when": ["MORN", "EVE"]}, []),
        ({"timeOfDay": ["08:00:00", "20:00:00"]}, []),
        ({"frequency": 2, "period": 1, "periodUnit": "d", "when": ["ACM", "ACV"]}, []),
        ({"when": ["MORN"]}, [("timing-contradicted", ".timing.code")]),
        ({"when": ["AC"]}, [("timing-contradicted", ".timing.code")]),
        (
            {"when": ["MORN", "EVE"], "dayOfWeek": ["mon"]},
            [("timing-contradicted", ".timing.code")],
        ),
    ],
)
def test_twice_a_day_beside_a_repeat_is_two_moments_or_times_of_every_day(
    repeat: dict[str, Any], expected: list[tuple[str, str]]
) -> None:
    code = {"coding": [{"system": GTS, "code": "BID"}]}

    assert doubts(read({"timing": {"code": code, "repeat": repeat}})) == expected


def test_a_code_without_a_system_says_nothing_alone_and_may_repeat_a_repeat() -> None:
    code = {"coding": [{"code": "BID"}]}
    twice = {"frequency": 2, "period": 1, "periodUnit": "d"}

    assert doubts(read({"timing": {"code": code}})) == [("timing-code-unknown", ".timing.code")]
    assert doubts(read({"timing": {"code": code, "repeat": twice}})) == []
