"""FHIR dosages from their JSON to their dated intakes, worked out by hand from the standard.

2 March 2026 is a Monday. The moments are those of the reference site. `ACM@30` is half an hour
before breakfast: minutes are an instruction, and move no hour.
"""

import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from builders import REFERENCE

from connectors.fhir.read import read
from engine.pipeline.expansion import expand_rows
from mappings.catalogue import load_site
from schemas.prescription import Line
from schemas.quantity import Duration, PeriodUnit

UCUM = "http://unitsofmeasure.org"
GTS = "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation"
SNOMED = "http://snomed.info/sct"
EDQM = "http://standardterms.edqm.eu"
R5 = "http://hl7.org/fhir/5.0/StructureDefinition/extension-"
HL7 = "http://hl7.org/fhir/StructureDefinition/"
MONDAY = "2026-03-02T00:00:00+01:00"
TABLET = {"value": 1, "unit": "tablet"}

Json = dict[str, Any]


def a_dosage(repeat: Json | None = None, **members: Any) -> Json:
    """One tablet, timed."""
    timing = {} if repeat is None else {"timing": {"repeat": repeat}}
    return {**timing, "doseAndRate": [{"doseQuantity": TABLET}], **members}


def answer(*dosages: Json, site: str = "reference", days: int = 1) -> Json:
    row = {"id": "r", "dosage": dosages, "start": MONDAY, "horizon_days": days}
    (line,) = expand_rows([json.dumps(row)], load_site(site))
    found: Json = json.loads(line)
    return found


def plan(*dosages: Json, site: str = "reference", days: int = 1) -> list[str]:
    """`02 MORN`, `02 ACM@30`, `02 08:00`; the blocking codes where nothing is planned."""
    found = answer(*dosages, site=site, days=days)
    if not found["computable"]:
        return [f"refused: {code}" for code in blocking(found)]
    return [label(one) for one in found["planned"]]


def label(intake: Json) -> str:
    day, moment, minutes = intake["at"][8:10], intake["moment"], intake["offset_minutes"]
    if moment is None:
        return f"{day} {intake['at'][11:16]}"
    return f"{day} {moment}" + ("" if minutes is None else f"@{minutes}")


def blocking(found: Json) -> list[str]:
    codes = [one["code"] for one in found["findings"] if one["severity"] == "blocking"]
    return list(dict.fromkeys(codes))


def codes(found: Json) -> list[str]:
    return [one["code"] for one in found["findings"]]


def line_of(**members: Any) -> Line:
    """The line of a request with these members."""
    request = {
        "resourceType": "MedicationRequest",
        "status": "active",
        "intent": "order",
        "medicationCodeableConcept": {"text": "SPECIMEN 1 MG CPR"},
        "subject": {"display": "ESSAI"},
        "dosageInstruction": [a_dosage({"when": ["MORN"]})],
        **members,
    }
    [prescription] = read(json.dumps(request).encode(), REFERENCE).prescriptions
    return prescription.lines[0]


EVENT_TIMING = {
    "MORN": "08:00",
    "MORN.early": "07:00",
    "MORN.late": "10:00",
    "NOON": "12:00",
    "AFT": "16:00",
    "AFT.early": "14:00",
    "AFT.late": "17:00",
    "EVE": "19:00",
    "EVE.early": "18:00",
    "EVE.late": "20:00",
    "NIGHT": "22:00",
    "PHS": "23:30",
    "HS": "22:00",
    "WAKE": "07:00",
    "CM": "08:00",
    "CD": "12:00",
    "CV": "19:00",
    "ACM": "08:00",
    "ACD": "12:00",
    "ACV": "19:00",
    "PCM": "08:00",
    "PCD": "12:00",
    "PCV": "19:00",
}
"""FHIR R4 EventTiming without C, AC, PC, with the hours of the oracle's convention C-CLOCK."""


@pytest.mark.parametrize(("code", "hour"), EVENT_TIMING.items())
def test_a_code_of_event_timing_is_its_own_moment_at_the_hour_of_the_site(
    code: str, hour: str
) -> None:
    found = answer(a_dosage({"when": [code]}))

    [intake] = found["planned"]
    assert (intake["moment"], intake["at"][11:16], codes(found)) == (code, hour, [])


@pytest.mark.parametrize(
    ("code", "meals"),
    [("C", ["CM", "CD", "CV"]), ("AC", ["ACM", "ACD", "ACV"]), ("PC", ["PCM", "PCD", "PCV"])],
)
def test_a_meal_without_a_name_is_each_meal_of_the_site(code: str, meals: list[str]) -> None:
    found = answer(a_dosage({"when": [code]}))

    assert [one["moment"] for one in found["planned"]] == meals
    assert codes(found) == ["distribution-used"]


def test_the_moment_that_r5_adds_is_read_and_no_part_of_a_schedule() -> None:
    assert set(plan(a_dosage({"when": ["IMD"]}))) == {"refused: timing-unsupported"}


@pytest.mark.parametrize(
    ("code", "expected"),
    [
        *((code, f"02 {code}@30") for code in ("HS", "WAKE", "PHS", "ACM", "ACV", "PCD")),
        *((code, "refused: timing-unsupported") for code in ("MORN", "EVE.late", "AFT", "NIGHT")),
        *((code, "refused: timing-invalid") for code in ("C", "CM", "CD", "CV")),
    ],
)
def test_minutes_need_an_event_with_a_side_and_never_a_meal_itself(
    code: str, expected: str
) -> None:
    """tim-9 forbids C, CM, CD and CV; a part of the day has no point to count from."""
    assert plan(a_dosage({"when": [code], "offset": 30})) == [expected]


def test_tim_9_is_broken_by_one_code_of_several() -> None:
    found = plan(a_dosage({"when": ["ACM", "CV"], "offset": 30}))

    assert found == ["refused: timing-invalid"]


@pytest.mark.parametrize(
    ("repeat", "days", "expected"),
    [
        ({"frequency": 1, "period": 28, "periodUnit": "d"}, 60, ["02 MORN", "30 MORN", "27 MORN"]),
        ({"frequency": 1, "period": 1, "periodUnit": "mo"}, 60, ["02 MORN", "02 MORN"]),
        ({"frequency": 1, "period": 4, "periodUnit": "wk"}, 29, ["02 MORN", "30 MORN"]),
        ({"frequency": 1, "period": 2, "periodUnit": "d", "when": ["HS"]}, 4, ["02 HS", "04 HS"]),
        ({"period": 2, "periodUnit": "d"}, 4, ["02 MORN", "04 MORN"]),
        ({"dayOfWeek": ["wed", "sun"]}, 7, ["04 MORN", "08 MORN"]),
        ({"timeOfDay": ["20:30:15"]}, 1, ["02 20:30"]),
        ({"frequency": 1, "period": 72, "periodUnit": "h", "timeOfDay": ["08:00:00"]}, 4, None),
    ],
)
def test_a_rhythm_of_several_days_has_its_own_days(
    repeat: Json, days: int, expected: list[str] | None
) -> None:
    """28 days keep the weekday, a month keeps the date: 2 March, 30 March, 27 April."""
    assert plan(a_dosage(repeat), days=days) == (expected or ["02 08:00", "05 08:00"])


def test_a_month_as_a_length_is_one_of_the_calendar() -> None:
    """R5, `mo`: from 2 March to before 2 April there are 31 days, and 28 days are 28."""
    month, days = (
        {"when": ["MORN"], "boundsDuration": {"value": value, "system": UCUM, "code": code}}
        for value, code in ((1, "mo"), (28, "d"))
    )

    assert len(plan(a_dosage(month), days=90)) == 31
    assert len(plan(a_dosage(days), days=90)) == 28


def test_the_length_of_one_intake_is_no_length_of_the_treatment() -> None:
    lasting = {"when": ["MORN"], "duration": 2, "durationUnit": "h"}

    ranged = answer(a_dosage({**lasting, "durationMax": 3}), days=2)

    assert plan(a_dosage(lasting), days=2) == ["02 MORN", "03 MORN"]
    assert (len(ranged["planned"]), codes(ranged)) == (2, ["element-unread"])


@pytest.mark.parametrize(
    "code",
    ["PM", "Q1H", "Q2H", "Q3H", "Q4H", "Q6H", "Q8H", "WK", "MO", "JB", "JE", "JH", "JHCHREAS"],
)
def test_an_abbreviation_that_leaves_hours_or_days_open_is_named_and_refused(code: str) -> None:
    timing = {"code": {"coding": [{"system": GTS, "code": code}]}}

    found = answer(a_dosage(timing=timing))

    assert blocking(found) == ["timing-code-unknown"]
    assert "to the site" in found["findings"][0]["message"]


def test_a_code_of_snomed_is_named_and_left_to_the_site() -> None:
    named, foreign = (
        answer(a_dosage(timing={"code": {"coding": [{"system": SNOMED, "code": code}]}}))
        for code in ("229799001", "229799002")
    )

    assert named["findings"][0]["message"].endswith("twice a day")
    assert blocking(named) == blocking(foreign) == ["timing-code-unknown"]


def test_a_site_may_state_the_hours_that_a_code_leaves_open(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    site = tmp_path / "ward-of-the-timing-tests"
    (site / "fhir").mkdir(parents=True)
    reference = Path(__file__).parents[3] / "mappings" / "sites" / "reference"
    for file in reference.iterdir():
        if file.is_file():
            (site / file.name).write_bytes(file.read_bytes())
    (site / "fhir" / "timing_codes.csv").write_text(
        "# table: fhir/timing_codes  target: text  version: 1\n"
        "code;text;target;source;read_by\n"
        "Q6H;every 6 hours;00:00 06:00 12:00 18:00;ward book;A, B\n"
        "PM;every afternoon;AFT;ward book;A, B\n"
        f"{SNOMED}|229799001;twice a day;2/1d;ward book;A, B\n",
        encoding="utf-8",
    )
    monkeypatch.setenv("SEMAINIER_SITES", str(tmp_path))

    plans = [
        plan(a_dosage(timing={"code": {"coding": [coding]}}), site=site.name)
        for coding in (
            {"system": GTS, "code": "Q6H"},
            {"system": GTS, "code": "PM"},
            {"system": SNOMED, "code": "229799001"},
            {"system": "http://example.org", "code": "PM"},
        )
    ]

    assert plans == [
        ["02 00:00", "02 06:00", "02 12:00", "02 18:00"],
        ["02 AFT"],
        ["02 MORN", "02 EVE"],
        ["refused: timing-code-unknown"],
    ]


def test_the_words_of_a_timing_code_are_compared_when_they_say_more_than_the_code() -> None:
    def coded(text: str) -> Json:
        coding = {"system": GTS, "code": "BID", "display": "BID"}
        return a_dosage(timing={"code": {"coding": [coding], "text": text}})

    same, more = answer(coded("twice a day")), answer(coded("un jour sur deux"))

    assert codes(same) == ["distribution-used"]
    assert not more["computable"]


@pytest.mark.parametrize(
    ("url", "value", "expected"),
    [
        (HL7 + "timing-exact", {"valueBoolean": True}, ["02 MORN"]),
        (HL7 + "timing-dayOfMonth", {"valuePositiveInt": 1}, ["refused: timing-unsupported"]),
        (HL7 + "timing-daysOfCycle", {}, ["refused: timing-unsupported"]),
        (HL7 + "data-absent-reason", {"valueCode": "unknown"}, ["refused: element-missing"]),
        ("http://example.org/any", {"valueBoolean": True}, ["refused: timing-unsupported"]),
    ],
)
def test_an_extension_of_the_timing_is_harmless_only_where_the_table_says_so(
    url: str, value: Json, expected: list[str]
) -> None:
    repeat = {"when": ["MORN"], "extension": [{"url": url, **value}]}

    assert plan(a_dosage(repeat)) == expected


@pytest.mark.parametrize(
    ("url", "value", "expected"),
    [
        (HL7 + "dosage-conditions", {}, ["refused: event-condition"]),
        ("http://example.org/any", {"valueBoolean": True}, ["02 MORN"]),
        ("http://example.org/cyclic", {"valueInteger": 21}, ["refused: timing-unsupported"]),
        (
            "http://chmed.emediplan.ch/fhir/StructureDefinition/chmed-posology-object-type",
            {"valueCoding": {"code": "6", "display": "Even/odd days"}},
            ["refused: timing-unsupported"],
        ),
    ],
)
def test_an_extension_of_the_dosage_is_said_and_stops_it_when_it_is_known_to_matter(
    url: str, value: Json, expected: list[str]
) -> None:
    given = a_dosage({"when": ["MORN"]}, extension=[{"url": url, **value}])

    assert plan(given) == expected
    assert codes(answer(given)) != []


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("doseAndRate", ["refused: dose-unsupported"]),
        ("doseQuantity", ["refused: dose-unsupported"]),
        ("_value", ["refused: dose-unsupported"]),
    ],
)
def test_an_unknown_extension_of_the_dose_stops_it(place: str, expected: list[str]) -> None:
    extension = {"extension": [{"url": "http://example.org/auc", "valueBoolean": True}]}
    quantity = dict(TABLET)
    rate: Json = {"doseQuantity": quantity}
    if place == "_value":
        quantity["_value"] = extension
    else:
        (rate if place == "doseAndRate" else quantity).update(extension)

    assert plan(a_dosage({"when": ["MORN"]}, doseAndRate=[rate])) == expected


def test_a_maximum_comes_by_the_extension_of_r5_as_well() -> None:
    def most(value: int) -> Json:
        ratio = {
            "numerator": {"value": value, "unit": "tablet"},
            "denominator": {"value": 1, "system": UCUM, "code": "d"},
        }
        url = R5 + "Dosage.maxDosePerPeriod"
        twice = {"when": ["MORN", "EVE"]}
        return a_dosage(twice, extension=[{"url": url, "valueRatio": ratio}])

    assert plan(most(2)) == ["02 MORN", "02 EVE"]
    assert plan(most(1)) == ["refused: maximum-exceeded"]


def test_the_least_time_between_two_intakes_comes_by_its_extension() -> None:
    """From 08:00 to 19:00 there are eleven hours, and thirteen to the next morning."""

    def apart(hours: int) -> Json:
        gap = {"value": hours, "system": UCUM, "code": "h"}
        url = HL7 + "dosage-minimumGapBetweenDose"
        return a_dosage({"when": ["MORN", "EVE"]}, extension=[{"url": url, "valueDuration": gap}])

    assert plan(apart(11)) == ["02 MORN", "02 EVE"]
    assert plan(apart(12)) == ["refused: timing-contradicted"]


def test_at_most_once_in_four_hours_as_needed_is_a_least_time_between_two_intakes() -> None:
    """The French guide writes the least time so: frequencyMax 1 in the period."""

    def gap(**repeat: Any) -> Duration | None:
        dosage = a_dosage({**repeat, "period": 4, "periodUnit": "h"}, asNeededBoolean=True)
        [phase] = line_of(dosageInstruction=[dosage]).posology.phases
        return phase.limits.minimum_gap

    assert gap(frequencyMax=1) == Duration(value=Decimal(4), unit=PeriodUnit.HOUR)
    assert [gap(frequency=1), gap(frequencyMax=2), gap(frequencyMax=1, periodMax=6)] == [None] * 3


@pytest.mark.parametrize(
    ("quantity", "expected"),
    [
        ({"value": 1, "unit": "comprimé", "system": EDQM, "code": "15054000"}, ["02 MORN"]),
        (
            {"value": 1, "unit": "gélule", "system": EDQM, "code": "15054000"},
            ["refused: unit-contradicted"],
        ),
        ({"value": 1, "unit": "g", "code": "mg"}, ["refused: unit-contradicted"]),
        ({"value": 1, "unit": "tablet", "comparator": "<"}, ["refused: value-invalid"]),
        ({"value": 1}, ["refused: unit-missing"]),
        ({"unit": "tablet"}, ["refused: element-missing"]),
        ({"value": 0.333333, "unit": "tablet"}, ["02 MORN"]),
    ],
)
def test_a_dose_is_one_exact_amount_in_one_unit(quantity: Json, expected: list[str]) -> None:
    given = a_dosage({"when": ["MORN"]}, doseAndRate=[{"doseQuantity": quantity}])

    assert plan(given) == expected


def test_a_length_of_time_has_a_code_of_ucum_and_words_that_mean_it() -> None:
    def lasting(**bounds: Any) -> Json:
        return answer(a_dosage({"when": ["MORN"], "boundsDuration": {"value": 2, **bounds}}))

    assert blocking(lasting(code="d", system="http://example.org/units")) == ["code-invalid"]
    assert blocking(lasting(unit="semaines", code="d")) == ["unit-contradicted"]
    assert codes(lasting(unit="jours ouvrés", code="d")) == ["element-unread"]
    assert codes(lasting(unit="jours", code="d", system=UCUM)) == []


def test_the_only_dose_is_said_when_it_is_not_typed_ordered() -> None:
    def typed(code: str) -> Json:
        kind = {"coding": [{"code": code, "display": code.title()}]}
        return answer(
            a_dosage({"when": ["MORN"]}, doseAndRate=[{"type": kind, "doseQuantity": TABLET}])
        )

    assert codes(typed("ordered")) == []
    assert (codes(typed("calculated")), len(typed("calculated")["planned"])) == (
        ["element-unread"],
        1,
    )


def test_beside_the_ordered_dose_every_other_is_said() -> None:
    doses = [
        {"type": {"coding": [{"code": code}]}, "doseQuantity": {"value": value, "unit": "tablet"}}
        for code, value in (("calculated", 3), ("ordered", 2))
    ]

    found = answer(a_dosage({"when": ["MORN"]}, doseAndRate=doses))

    assert [one["quantity"] for one in found["planned"]] == ["2"]
    assert codes(found) == ["element-unread"]


def test_an_instruction_is_kept_in_all_its_words_and_a_code_alone_is_said() -> None:
    worded = {"text": "avec de l'eau", "coding": [{"code": "x", "display": "à jeun"}]}
    coded = {"coding": [{"system": SNOMED, "code": "311504000"}]}

    line = line_of(
        dosageInstruction=[
            a_dosage({"when": ["MORN"]}, additionalInstruction=[worded, coded]),
        ]
    )

    [phase] = line.posology.phases
    assert phase.instructions == ("avec de l'eau", "à jeun")
    assert [(f.code.value, f.quoted) for f in phase.findings] == [("element-unread", "311504000")]


def test_a_null_in_a_list_and_an_extension_in_its_place_are_said() -> None:
    absent = {"extension": [{"url": HL7 + "data-absent-reason", "valueCode": "unknown"}]}
    repeat = {"when": ["MORN", None], "_when": [None, absent]}

    assert plan(a_dosage(repeat)) == ["refused: value-invalid", "refused: element-missing"]


def test_supply_course_and_a_route_in_words_are_notes_of_the_line() -> None:
    dosage = a_dosage({"when": ["MORN"]}, route={"text": "par la sonde"})
    week = {"value": 1, "unit": "semaine", "system": UCUM, "code": "wk"}

    line = line_of(
        dosageInstruction=[dosage],
        courseOfTherapyType={"coding": [{"code": "seasonal", "display": "Seasonal"}]},
        dispenseRequest={
            "validityPeriod": {"start": "2026-03-02", "end": "2026-05-02"},
            "expectedSupplyDuration": week,
            "dispenseInterval": week,
        },
    )

    assert {note.scope: note.text for note in line.notes} == {
        "route": "par la sonde",
        "courseOfTherapyType": "Seasonal",
        "dispenseInterval": "1 semaine [wk]",
        "expectedSupplyDuration": "1 semaine [wk]",
        "validityPeriod": "2026-03-02 – 2026-05-02",
    }


def test_every_known_extension_is_harmless_read_or_a_finding() -> None:
    from mappings.catalogue import table
    from schemas.finding import FindingCode

    known = {"harmless", "read", *(code.value for code in FindingCode)}

    assert {row.target for row in table("fhir/extensions")} <= known
