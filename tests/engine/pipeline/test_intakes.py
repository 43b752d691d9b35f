"""Intakes from all three sources end in the same facts, and count once for the same line."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest
from messages import IPP_AUTHORITY, Clock, a_bundle, a_context, a_request, taken_in, the_item

from engine.pipeline.adherence import compute
from engine.pipeline.consult import shown
from engine.pipeline.context import Context
from engine.pipeline.decide import decide_on
from engine.store import intakes
from engine.store.intakes import StoredIntake
from engine.store.queue import Subject
from engine.store.unit import Store
from engine.terminal.answers import answers, verdicts
from engine.validation.decide import Request
from schemas.adherence import AdherenceResult, Fraction
from schemas.decision import DecisionKind
from schemas.finding import FindingCode
from schemas.intake import IntakeStatus
from schemas.message import MessageState

FIRST, LAST = date(2026, 3, 2), date(2026, 3, 8)
LINE_SYSTEM = "urn:oid:1.2.250.1.999.4"
IPP_OID = IPP_AUTHORITY.removeprefix("urn:oid:")


@dataclass(frozen=True)
class Told:
    """One report as a person would tell it: `at` is `2 08:05`, on the clock of Paris."""

    name: str
    at: str
    status: str = "taken"
    line: str = "A"
    corrects: bool = False

    @property
    def instant(self) -> str:
        day, hour = self.at.split()
        return f"2026-03-0{day}T{hour}:00+01:00"


Source = Callable[..., bytes]


def as_fhir(*reports: Told) -> bytes:
    """A Bundle of MedicationAdministrations by a nurse; one in error keeps its identifier."""
    statuses = {"taken": "completed", "refused": "not-done", "entered-in-error": "entered-in-error"}
    refusal = {"system": "http://snomed.info/sct", "code": "182895007"}
    bundle = json.loads(a_bundle())
    nurse = {
        "system": "https://mos.esante.gouv.fr/NOS/TRE_G15-ProfessionSante/FHIR/TRE-G15-ProfessionSante"
    }
    practitioner = {
        "resourceType": "Practitioner",
        "id": "ide",
        "qualification": [{"code": {"coding": [{**nurse, "code": "60"}]}}],
    }
    bundle["entry"].append({"resource": practitioner})
    for told in reports:
        resource = {
            "resourceType": "MedicationAdministration",
            "identifier": [{"system": "urn:oid:1.2.250.1.999.5", "value": told.name}],
            "status": statuses[told.status],
            "medicationCodeableConcept": {"text": "PRODUIT"},
            "subject": {"reference": "Patient/p1"},
            "performer": [{"actor": {"reference": "Practitioner/ide"}}],
            "effectiveDateTime": told.instant,
            "request": {"identifier": {"system": LINE_SYSTEM, "value": told.line}},
        }
        if told.status == "refused":
            resource["statusReason"] = [{"coding": [refusal]}]
        bundle["entry"].append({"resource": resource})
    bundle["identifier"]["value"] = "+".join(f"{told}" for told in reports)
    return json.dumps(bundle).encode()


def as_hl7(*reports: Told) -> bytes:
    """A RAS^O17 of one RXA an order group; an error is deleted under its own number."""
    name = "".join(f"{told.name}{told.status[:1]}{told.at[:1]}" for told in reports)
    segments = [
        f"MSH|^~\\&|DPI|EHPAD|X|Y|20260309100000+0100||RAS^O17^RAS_O17|{name}|P|2.5.1",
        f"PID|||000123^^^EHPAD&{IPP_OID}&ISO^PI||EXEMPLE^Odette||19380412|F",
    ]
    for told in reports:
        stamp = told.instant.translate({ord(mark): None for mark in "-:T"})
        given = f"RXA|0|{told.name}|{stamp}|{stamp}|P^PRODUIT^L|1|CPR^comprimé"
        deleted = told.status == "entered-in-error"
        done = "RE" if told.status == "refused" else "CP"
        action = "D" if deleted else "U" if told.corrects else "A"
        segments += [f"ORC|RE|{told.line}^DPI", f"{given}|||||||||||||{done}|{action}"]
    return "\r".join((*segments, "")).encode()


def as_csv(*reports: Told) -> bytes:
    """A table; a correction has another id and names the one that it corrects."""
    head = "intake_id;patient_id;patient_authority;line_id;status;taken_at;author_role;corrects"
    rows = [
        f"{told.name}{'-2' if told.corrects else ''};000123;{IPP_AUTHORITY};{told.line};"
        f"{told.status};{told.instant};nurse;{told.name if told.corrects else ''}"
        for told in reports
    ]
    return "\n".join((head, *rows, "")).encode()


SOURCES = pytest.mark.parametrize("source", [as_fhir, as_hl7, as_csv])


def a_validated_line(store: Store) -> Context:
    """One tablet every morning at 08:00, validated; today is 20 March 2026."""
    context = a_context(store)
    taken_in(context, a_bundle(a_request("A")))
    item = the_item(context)
    request = Request(
        kind=DecisionKind.VALIDATE, expected_sha256=item.content_sha256, lines=verdicts(1, ())
    )
    decide_on(context, "pharm", item.id, request)
    clock = context.clock
    assert isinstance(clock, Clock)
    clock.now = datetime(2026, 3, 20, tzinfo=UTC)
    return context


def result_of(context: Context) -> AdherenceResult:
    return compute(context, "pharm", "000123", FIRST, LAST)[1]


def facts(context: Context) -> tuple[StoredIntake, ...]:
    [row] = {row.item.patient_id for row in _rows(context)}
    assert row is not None
    with context.store.unit(context.tenant) as unit:
        return intakes.intakes_of(unit, row, context.clock())


def _rows(context: Context):
    from engine.pipeline.consult import waiting

    return waiting(context, "pharm", Subject.PRESCRIPTION, ended=True)


@SOURCES
def test_reports_are_matched_to_the_validated_line_by_its_identifier(
    sqlite_store: Store, source: Source
) -> None:
    context = a_validated_line(sqlite_store)

    message = taken_in(
        context, source(Told("1", "2 08:05"), Told("2", "3 08:10"), Told("3", "4 08:00", "refused"))
    )
    [line] = result_of(context).lines

    assert message.state is MessageState.READ
    assert line.taking == Fraction(numerator=2, denominator=7)
    counts = {kind: count for kind, count in line.counts.items() if count}
    assert counts == {"on-time": 2, "refused": 1, "no-record": 4}


@SOURCES
def test_what_was_entered_in_error_counts_no_more_and_stays_a_fact(
    sqlite_store: Store, source: Source
) -> None:
    context = a_validated_line(sqlite_store)
    taken_in(context, source(Told("1", "2 08:05"), Told("2", "3 08:05")))

    taken_in(context, source(Told("2", "3 08:05", "entered-in-error", corrects=True)))
    [line] = result_of(context).lines

    assert line.taking == Fraction(numerator=1, denominator=7)
    assert sorted(fact.intake.status for fact in facts(context)) == [
        IntakeStatus.ENTERED_IN_ERROR,
        IntakeStatus.TAKEN,
        IntakeStatus.TAKEN,
    ]


@SOURCES
def test_a_correction_replaces_what_it_corrects(sqlite_store: Store, source: Source) -> None:
    context = a_validated_line(sqlite_store)
    taken_in(context, source(Told("1", "2 08:05")))

    taken_in(context, source(Told("1", "2 08:05", "refused", corrects=True)))
    [line] = result_of(context).lines

    counts = {kind: count for kind, count in line.counts.items() if count}
    assert counts == {"refused": 1, "no-record": 6}
    assert len(facts(context)) == 2


@SOURCES
def test_the_same_report_again_is_no_second_intake(sqlite_store: Store, source: Source) -> None:
    context = a_validated_line(sqlite_store)
    taken_in(context, source(Told("1", "2 08:05")))

    taken_in(context, source(Told("1", "2 08:05"), Told("2", "3 08:05")))
    [line] = result_of(context).lines

    assert line.taking == Fraction(numerator=2, denominator=7)


@SOURCES
def test_a_report_about_a_line_that_nobody_validated_is_a_finding(
    sqlite_store: Store, source: Source
) -> None:
    context = a_validated_line(sqlite_store)

    taken_in(context, source(Told("1", "2 08:05"), Told("2", "2 08:05", line="UNKNOWN")))
    result = result_of(context)

    assert [finding.code for finding in result.findings] == [FindingCode.INTAKE_LINE_UNKNOWN]
    assert result.lines[0].taking == Fraction(numerator=1, denominator=7)
    assert len(result.intakes) == 2


def test_all_three_sources_together_are_one_patient_and_one_line(sqlite_store: Store) -> None:
    context = a_validated_line(sqlite_store)

    for source, told in (
        (as_fhir, Told("1", "2 08:05")),
        (as_hl7, Told("1", "3 08:05")),
        (as_csv, Told("1", "4 08:05")),
    ):
        taken_in(context, source(told))
    result = result_of(context)

    assert [line.taking for line in result.lines] == [Fraction(numerator=3, denominator=7)]
    assert len(result.intakes) == 3


def test_two_reporters_of_one_intake_make_one_and_their_contradiction_is_a_finding(
    sqlite_store: Store,
) -> None:
    context = a_validated_line(sqlite_store)
    taken_in(context, as_fhir(Told("1", "2 08:05"), Told("2", "3 08:05", "refused")))

    patient = as_csv(Told("P1", "2 08:10"), Told("P2", "3 08:10")).replace(b";nurse;", b";patient;")
    taken_in(context, patient)
    [line] = result_of(context).lines

    # The nurse speaks for both mornings: taken on the 2nd, refused on the 3rd.
    assert line.taking == Fraction(numerator=1, denominator=7)
    assert line.counts["refused"] == 1
    assert [len(match.others) for match in line.matches[:2]] == [1, 1]
    assert FindingCode.INTAKE_CONFLICT in [finding.code for finding in line.findings]


def test_a_report_that_names_a_product_of_two_lines_is_counted_for_neither(
    sqlite_store: Store,
) -> None:
    context = a_context(sqlite_store)
    product = a_request("A")["medicationCodeableConcept"]
    evening = {
        "timing": {"repeat": {"when": ["EVE"], "boundsPeriod": {"start": "2026-03-02"}}},
        "doseAndRate": [{"doseQuantity": {"value": 2, "unit": "comprimé"}}],
    }
    second = a_request("B", evening, medicationCodeableConcept=product)
    taken_in(context, a_bundle(a_request("A"), second))
    item = the_item(context)
    found = [finding for _, finding in shown(context, "pharm", item.id).findings]
    request = Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=item.content_sha256,
        lines=verdicts(2, ()),
        answers=answers(found, [f"{n}=2/1" for n, f in enumerate(found, 1) if f.blocks], "all"),
    )
    decide_on(context, "pharm", item.id, request)
    clock = context.clock
    assert isinstance(clock, Clock)
    clock.now = datetime(2026, 3, 20, tzinfo=UTC)
    report = json.loads(as_fhir(Told("1", "2 08:05")))
    administration = report["entry"][-1]["resource"]
    administration.pop("request")
    administration["medicationCodeableConcept"] = product
    taken_in(context, json.dumps(report).encode())

    result = result_of(context)

    assert [line.taking for line in result.lines] == [Fraction(numerator=0, denominator=7)] * 2
    assert [finding.code for finding in result.findings] == [FindingCode.INTAKE_LINE_UNKNOWN]


def test_a_result_shows_the_pharmacist_every_doubt_before_it_may_leave(
    sqlite_store: Store,
) -> None:
    context = a_validated_line(sqlite_store)
    taken_in(context, as_csv(Told("1", "2 08:05", line="UNKNOWN")))
    result_of(context)
    item = the_item(context, Subject.ADHERENCE)

    codes = [finding.code for _, finding in shown(context, "pharm", item.id).findings]

    # The only report is about another line, so of this line nobody reported anything.
    assert codes == [FindingCode.INTAKE_LINE_UNKNOWN, FindingCode.RECORDS_MISSING]
