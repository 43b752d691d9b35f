"""What is written is FHIR R4, says no more than was validated, and is the same each time."""

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from builders import REFERENCE
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from connectors.fhir.connector import CONNECTOR
from connectors.fhir.form.tree import load
from connectors.fhir.lint import lint
from connectors.fhir.read import read
from connectors.fhir.write import bundle_of
from engine.posology.expand import expand
from engine.posology.normalise import normalise
from schemas.decision import DecisionKind, LineVerdict, ProposalKind, ProposedLine
from schemas.delivery import ReleasedLine
from schemas.errors import Refused
from schemas.export import ExportKind
from schemas.intake import IntakeStatus
from schemas.moment import Moment
from schemas.people import Identifier
from schemas.posology import Weekday
from schemas.quantity import Quantity
from schemas.schedule import DoseSchedule, EveryDays, OnWeekdays, Slot, Step

PARIS = ZoneInfo("Europe/Paris")

EXPORTS = {
    ExportKind.SCHEDULE: "released",
    ExportKind.ANALYSIS: "analysis",
    ExportKind.INTAKES: "intakes",
    ExportKind.ADHERENCE: "adherence",
}


@pytest.fixture(params=list(EXPORTS), ids=[kind.value for kind in EXPORTS])
def export(request):
    return request.param, request.getfixturevalue(EXPORTS[request.param])


def written(export, envelope, form="json"):
    kind, content = export
    return CONNECTOR.writer(kind, form).write(content, envelope)


def resources(data: bytes, kind: str) -> list[dict]:
    entries = json.loads(data, parse_float=Decimal)["entry"]
    return [e["resource"] for e in entries if e["resource"]["resourceType"] == kind]


def references(value) -> Iterator[str]:
    if isinstance(value, list):
        for item in value:
            yield from references(item)
    elif isinstance(value, dict):
        if isinstance(value.get("reference"), str):
            yield value["reference"]
        for item in value.values():
            yield from references(item)


@pytest.mark.parametrize("form", ["json", "xml"])
def test_every_export_has_a_writer_in_json_and_in_xml(form) -> None:
    for kind in ExportKind:
        writer = CONNECTOR.writer(kind, form)
        assert writer.media_type == f"application/fhir+{form}"
        assert writer.suffix == f".{form}"


@pytest.mark.parametrize("form", ["json", "xml"])
def test_what_is_written_passes_our_own_lint(export, envelope, form) -> None:
    assert lint(written(export, envelope, form)) == ()


def test_what_is_written_passes_the_models_of_fhir_resources(export, envelope) -> None:
    from fhir.resources.R4B.bundle import Bundle

    bundle = Bundle.model_validate_json(written(export, envelope))

    assert bundle.type == "collection"
    assert bundle.identifier.value == "delivery-1"


def test_the_xml_says_what_the_json_says(export, envelope) -> None:
    assert load(written(export, envelope, "xml")) == load(written(export, envelope, "json"))


def test_the_same_export_gives_the_same_bytes(export, envelope) -> None:
    assert written(export, envelope) == written(export, envelope)


def test_every_reference_of_the_bundle_leads_to_an_entry_or_to_the_senders_own_order(
    export, envelope
) -> None:
    tree = json.loads(written(export, envelope))
    inside = {entry["fullUrl"] for entry in tree["entry"]}

    outside = {target for target in references(tree) if target not in inside}

    assert outside <= {"MedicationRequest/l77"}


def test_no_export_carries_the_intent_order(export, envelope) -> None:
    intents = [r.get("intent") for r in resources(written(export, envelope), "MedicationRequest")]

    assert "order" not in intents


def test_every_export_names_the_pharmacist_and_both_digests(export, envelope) -> None:
    data = written(export, envelope)
    [provenance] = resources(data, "Provenance")

    digests = [entity["what"]["identifier"]["value"] for entity in provenance["entity"]]
    verifier = provenance["agent"][0]
    pharmacist = verifier["who"]["reference"]

    assert digests == ["a" * 64, "b" * 64]
    assert verifier["type"]["coding"][0]["code"] == "verifier"
    assert "10000023084" in str(
        [e for e in json.loads(data)["entry"] if e["fullUrl"] == pharmacist]
    )


def test_a_released_line_is_a_filler_order_based_on_the_order_of_its_sender(
    released, envelope
) -> None:
    requests = resources(written((ExportKind.SCHEDULE, released), envelope), "MedicationRequest")

    assert {request["intent"] for request in requests} == {"filler-order"}
    assert requests[-1]["basedOn"] == [
        {
            "reference": "MedicationRequest/l77",
            "type": "MedicationRequest",
            "identifier": {"system": "https://ehpad.example/lignes", "value": "L-77"},
            "display": "COUMADINE 2 mg, comprimé sécable",
        }
    ]


def test_an_amount_keeps_its_precision(released, envelope) -> None:
    assert b'"value": 1.10,' in written((ExportKind.SCHEDULE, released), envelope)
    assert b'<value value="1.10"/>' in written((ExportKind.SCHEDULE, released), envelope, "xml")


def test_each_rule_of_a_schedule_is_said_in_the_words_of_r4(released, envelope) -> None:
    requests = resources(written((ExportKind.SCHEDULE, released), envelope), "MedicationRequest")

    said = [[d.get("timing") for d in request["dosageInstruction"]] for request in requests]

    # The end of 12 March at midnight is not included: FHIR includes ends, so a second less.
    bounds = {"start": "2026-03-02T00:00:00+01:00", "end": "2026-03-11T23:59:59+01:00"}
    daily = {"boundsPeriod": bounds, "frequency": 1, "period": 1, "periodUnit": "d"}
    assert said[0] == [
        {"repeat": {**daily, "when": ["EVE"]}},
        {"repeat": {**daily, "when": ["ACM"], "offset": 30}},
    ]
    # Every second day counted from 3 March: the bounds start on the 3rd, not on the 2nd.
    assert said[1] == [
        {
            "repeat": {
                "boundsPeriod": {"start": "2026-03-03T00:00:00+01:00"},
                "frequency": 1,
                "period": 2,
                "periodUnit": "d",
                "timeOfDay": ["08:00:00"],
            }
        }
    ]
    start = {"start": "2026-03-02T00:00:00+01:00"}
    assert said[2] == [
        {"repeat": {"boundsPeriod": start, "dayOfWeek": ["tue", "fri"], "when": ["EVE"]}}
    ]
    seven = {"start": "2026-03-02T07:00:00+01:00"}
    hours = {"boundsPeriod": seven, "count": 6, "frequency": 1, "period": 8, "periodUnit": "h"}
    assert said[3] == [{"repeat": hours}]
    assert said[4] == [{"event": ["2026-03-01T19:00:00+01:00"]}]
    assert said[5] == [None]


def test_what_is_taken_as_needed_is_said_as_such(released, envelope) -> None:
    requests = resources(written((ExportKind.SCHEDULE, released), envelope), "MedicationRequest")

    [dosage] = requests[-1]["dosageInstruction"]

    assert dosage["asNeededCodeableConcept"] == {"text": "douleur"}
    assert dosage["maxDosePerPeriod"]["denominator"]["code"] == "d"


def test_a_released_schedule_read_back_has_the_lines_and_doses_of_the_snapshot(
    released, envelope
) -> None:
    reading = read(written((ExportKind.SCHEDULE, released), envelope), REFERENCE)

    lines = [line for prescription in reading.prescriptions for line in prescription.lines]
    doses = [line.posology.phases[0].dose.exact.value for line in lines]

    assert [str(dose) for dose in doses] == ["1.10", "0.5", "1", "2", "1", "1"]
    assert [f for line in lines for f in line.findings] == []
    assert [f for line in lines for phase in line.posology.phases for f in phase.findings] == []
    assert reading.prescriptions[0].patient.birth_name == "EXEMPLE"


def test_an_intervention_goes_with_its_line_and_a_refused_line_has_its_own_task(
    analysis, envelope
) -> None:
    tasks = resources(written((ExportKind.ANALYSIS, analysis), envelope), "Task")

    told = [
        (
            task["output"][0]["valueCode"],
            [i["valueReference"]["identifier"]["value"] for i in task["input"]],
        )
        for task in tasks
    ]

    assert told == [("INTERVENTION", ["L-77"]), ("INTERVENTION", ["L-78"])]
    assert tasks[0]["output"][1:] == [
        {
            "type": {"text": "commentaire"},
            "valueString": "Dose confirmée par le prescripteur",
        },
        {
            "type": {"text": "type"},
            "valueCodeableConcept": {
                "coding": [{"system": "urn:semainier:sfpc-officine:intervention", "code": "1"}]
            },
        },
        {
            "type": {"text": "problème"},
            "valueCodeableConcept": {
                "coding": [{"system": "urn:semainier:sfpc-officine:problem", "code": "2"}]
            },
        },
    ]
    assert tasks[1]["output"][1]["valueString"] == "Doublon"


def test_an_analysis_has_the_shape_of_the_french_guide(analysis, envelope) -> None:
    task = resources(written((ExportKind.ANALYSIS, analysis), envelope), "Task")[0]

    assert (task["status"], task["intent"]) == ("completed", "proposal")
    assert task["groupIdentifier"]["value"] == "ORD-5"
    assert task["authoredOn"] == "2026-03-02T09:30:00+00:00"
    assert task["performerType"][0]["coding"][0]["code"] == "21"


def test_an_analysis_without_doubt_is_one_validation_of_every_line(analysis, envelope) -> None:
    passed = tuple(
        one.model_copy(update={"verdict": LineVerdict.VALIDATED}) for one in analysis.decision.lines
    )
    decision = analysis.decision.model_copy(update={"answers": (), "lines": passed})

    export = (ExportKind.ANALYSIS, analysis.model_copy(update={"decision": decision}))

    [task] = resources(written(export, envelope), "Task")
    assert task["output"] == [
        {"type": {"text": "résultat de l'analyse"}, "valueCode": "VALIDATION"}
    ]
    assert len(task["input"]) == 2


def test_a_proposed_line_is_a_request_of_intent_proposal_that_its_task_names(
    analysis, envelope
) -> None:
    line = analysis.prescription.lines[1]
    proposed = line.model_copy(
        update={"identifiers": (Identifier(value="dec-1-1"),), "text": "1 comprimé le soir"}
    )
    proposal = ProposedLine(
        line="2", kind=ProposalKind.MODIFICATION, proposed=proposed, comment="Foie fragile"
    )
    decision = analysis.decision.model_copy(update={"proposals": (proposal,)})
    export = (ExportKind.ANALYSIS, analysis.model_copy(update={"decision": decision}))

    document = written(export, envelope)

    task = resources(document, "Task")[1]
    [request] = [
        each for each in resources(document, "MedicationRequest") if each["intent"] == "proposal"
    ]
    assert [each["type"]["text"] for each in task["output"]] == [
        "résultat de l'analyse",
        "commentaire",
        "suggestion",
    ]
    assert task["output"][2]["valueReference"]["reference"].endswith(request["id"])
    assert (request["status"], request["category"]) == ("draft", [{"text": "modification"}])
    assert [note["text"] for note in request["note"]] == ["1 comprimé le soir", "Foie fragile"]
    assert request["identifier"][0]["value"] == "dec-1-1"
    assert request["dosageInstruction"] == [{"text": "1 comprimé le soir"}]


def test_a_decision_to_hold_is_no_analysis(analysis, envelope) -> None:
    decision = analysis.decision.model_copy(update={"kind": DecisionKind.HOLD})

    with pytest.raises(Refused, match="validate or to reject"):
        bundle_of(analysis.model_copy(update={"decision": decision}), envelope)


def test_a_line_without_verdict_is_never_reported_as_validated(analysis, envelope) -> None:
    decision = analysis.decision.model_copy(update={"lines": ()})

    with pytest.raises(Refused, match="no verdict on line 1"):
        bundle_of(analysis.model_copy(update={"decision": decision}), envelope)


def test_words_that_xml_cannot_hold_do_not_stop_an_export(released, envelope) -> None:
    [first, *others] = released.lines
    line = first.line.model_copy(update={"text": "un comprimé\x0ble soir\x00"})
    changed = first.model_copy(update={"line": line})

    data = written(
        (ExportKind.SCHEDULE, released.model_copy(update={"lines": (changed, *others)})),
        envelope,
        "xml",
    )

    assert "un comprimé le soir".encode() in data


def test_every_status_of_an_intake_survives_the_way_out_and_back(intakes, envelope) -> None:
    reading = read(written((ExportKind.INTAKES, intakes), envelope), REFERENCE)

    statuses = [intake.status for intake in reading.intakes]

    assert statuses == [*IntakeStatus, IntakeStatus.NOT_GIVEN]
    assert reading.intakes[0].line[0].value == "L-77"
    assert reading.intakes[0].author.role.value == "nurse"


def test_an_intake_of_which_nobody_noted_the_time_says_so(intakes, envelope) -> None:
    last = resources(written((ExportKind.INTAKES, intakes), envelope), "MedicationAdministration")[
        -1
    ]

    absent = "http://hl7.org/fhir/StructureDefinition/data-absent-reason"
    assert last["effectivePeriod"] == {"extension": [{"url": absent, "valueCode": "unknown"}]}
    assert "effectiveDateTime" not in last


def test_silence_is_said_as_unknown_and_never_as_not_taken(adherence, envelope) -> None:
    data = written((ExportKind.ADHERENCE, adherence), envelope)

    statements = resources(data, "MedicationStatement")
    codes = [
        s["extension"][0]["extension"][0]["valueCodeableConcept"]["coding"][0]["code"]
        for s in statements
    ]

    assert codes == ["taking", "unknown"]
    assert [s["status"] for s in statements] == ["active", "unknown"]
    assert resources(data, "MedicationAdministration") == []


def test_a_figure_carries_its_counts_its_definition_and_its_sources(adherence, envelope) -> None:
    data = written((ExportKind.ADHERENCE, adherence), envelope)

    taking = resources(data, "Observation")[0]
    statement = resources(data, "MedicationStatement")[0]

    # 6 / 7 = 0.857142857..., to six digits.
    assert taking["code"]["coding"][0]["code"] == "M1"
    assert taking["valueQuantity"]["value"] == Decimal("0.857143")
    assert [(c["code"]["coding"][0]["code"], c["valueInteger"]) for c in taking["component"]] == [
        ("numerator", 6),
        ("denominator", 7),
    ]
    assert taking["method"]["coding"][0]["code"] == "2026-1"
    assert taking["effectivePeriod"] == {"start": "2026-03-02", "end": "2026-03-08"}
    assert taking["partOf"][0]["reference"] == f"urn:uuid:{statement['id']}"
    assert statement["derivedFrom"][0]["identifier"]["value"] == "intake-taken"


def planned_again(released, envelope) -> list[list[tuple]]:
    """The intakes that a reader plans from what was written, line by line."""
    data = written((ExportKind.SCHEDULE, released), envelope)
    [prescription] = read(data, REFERENCE).prescriptions
    return [
        dated(normalise(line.posology, REFERENCE, start=None, written=None).schedule)
        for line in prescription.lines
    ]


def dated(schedule) -> list[tuple]:
    intakes = expand(schedule, REFERENCE, datetime(2026, 3, 1, tzinfo=PARIS), 60)
    return sorted((i.due_at, i.moment, i.offset_minutes, str(i.quantity.value)) for i in intakes)


def test_what_was_released_plans_the_same_intakes_when_it_is_read_back(released, envelope) -> None:
    by_rule = released.model_copy(update={"lines": released.lines[:4]})

    again = planned_again(by_rule, envelope)

    assert again == [dated(line.schedule) for line in by_rule.lines]
    assert all(again)


WEEKDAYS = st.sets(st.sampled_from(list(Weekday)), min_size=1, max_size=7)
ANCHORS = st.dates(min_value=date(2026, 2, 2), max_value=date(2026, 3, 20))
MOMENTS = st.sets(
    st.sampled_from([Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEFORE_DINNER]),
    min_size=1,
)


@settings(
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    rule=st.builds(EveryDays, every=st.integers(1, 9), anchor=ANCHORS)
    | st.builds(OnWeekdays, weekdays=WEEKDAYS.map(tuple), every=st.integers(1, 3), anchor=ANCHORS),
    moments=MOMENTS,
    hour=st.integers(0, 23),
    days=st.integers(1, 40),
)
def test_any_rhythm_of_days_keeps_its_days_on_the_way_out_and_back(
    released, envelope, rule, moments, hour, days
) -> None:
    start = datetime(2026, 3, 2, hour, tzinfo=PARIS)
    step = Step(
        location="s",
        start=start,
        end=start + timedelta(days=days),
        rule=rule,
        slots=tuple(Slot(moment=moment) for moment in sorted(moments)),
        quantity=Quantity(value=Decimal("0.5"), unit="comprimé"),
    )
    schedule = DoseSchedule(site="reference", zone="Europe/Paris", steps=(step,))
    line = ReleasedLine(line=released.lines[0].line, schedule=schedule)
    one = released.model_copy(update={"lines": (line,)})

    data = written((ExportKind.SCHEDULE, one), envelope)

    [prescription] = read(data, REFERENCE).prescriptions
    [read_back] = prescription.lines
    if not read_back.posology.phases:
        assert dated(schedule) == []
        return
    normalised = normalise(read_back.posology, REFERENCE, start=None, written=None)
    if isinstance(normalised.schedule, DoseSchedule):
        assert dated(normalised.schedule) == dated(schedule)
    else:
        assert normalised.findings
