"""Validated snapshots to write: fictitious people, keys that are right."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest

from schemas.adherence import (
    AdherenceResult,
    Definition,
    Fraction,
    LineAdherence,
    Match,
    MatchKind,
    PeriodReason,
    Unmonitored,
)
from schemas.codes import Coding, ProductCode, ProductCodeSystem
from schemas.decision import (
    Answer,
    Decider,
    Decision,
    DecisionKind,
    Intervention,
    InterventionList,
    LineDecision,
    LineVerdict,
    Role,
)
from schemas.delivery import (
    Analysis,
    IntakeReport,
    ReleasedLine,
    ReleasedSchedule,
    ReportedIntake,
    ValidatedAdherence,
)
from schemas.export import Envelope
from schemas.ids import DecisionId, DeliveryId, Sha256, UserName
from schemas.intake import Author, AuthorRole, Intake, IntakeStatus
from schemas.moment import Moment
from schemas.people import (
    Identifier,
    IdentifierKind,
    IdentityStatus,
    Organization,
    Patient,
    Practitioner,
    Sex,
)
from schemas.posology import Dose, Limits, Weekday
from schemas.prescription import Chain, Line, Prescription, Product
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio
from schemas.schedule import (
    AsNeeded,
    DoseSchedule,
    EveryDays,
    EveryHours,
    OnMonthDays,
    OnWeekdays,
    PlannedIntake,
    Slot,
    Step,
)

PARIS = ZoneInfo("Europe/Paris")
DECIDED = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
TABLET = "comprimé"


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A wall time in Paris, in March 2026."""
    return datetime(2026, 3, day, hour, minute, tzinfo=PARIS)


def tablets(value: str) -> Quantity:
    """So many tablets, coded with EDQM."""
    return Quantity(
        value=Decimal(value), unit=TABLET, code="15054000", system="http://standardterms.edqm.eu"
    )


def a_released(line: Line, *steps: Step, planned: tuple[PlannedIntake, ...] = ()) -> ReleasedLine:
    """A validated line of these steps."""
    schedule = DoseSchedule(site="reference", zone="Europe/Paris", steps=steps)
    return ReleasedLine(line=line, schedule=schedule, planned=planned)


@pytest.fixture
def envelope() -> Envelope:
    """What the export says of itself."""
    return Envelope(
        id=DeliveryId("delivery-1"),
        created_at=datetime(2026, 3, 2, 10, 0, tzinfo=UTC),
        sender="Pharmacie de l'Exemple",
        receiver="EHPAD Les Tilleuls",
    )


@pytest.fixture
def patient() -> Patient:
    """A fictitious resident with a test INS."""
    return Patient(
        identifiers=(
            Identifier(
                value="241127511200169",
                kind=IdentifierKind.INS_TEST,
                authority="urn:oid:1.2.250.1.213.1.4.10",
            ),
            Identifier(value="000123", kind=IdentifierKind.IPP, authority="EHPAD-TILLEULS"),
        ),
        identity_status=IdentityStatus.PROVISIONAL,
        birth_name="EXEMPLE",
        used_name="TÉMOIN",
        given_names=("Odette",),
        birth_date=date(1941, 12, 7),
        birth_place="75112",
        sex=Sex.FEMALE,
    )


@pytest.fixture
def line() -> Line:
    """A line that its sender named with an identifier of its own."""
    return Line(
        location="Bundle.entry[1].resource",
        identifiers=(
            Identifier(value="L-77", authority="https://ehpad.example/lignes"),
            Identifier(value="MedicationRequest/l77"),
        ),
        product=Product(
            codes=(ProductCode(system=ProductCodeSystem.CIP13, value="3400938022209"),),
            text="COUMADINE 2 mg, comprimé sécable",
            location="Bundle.entry[1].resource.medicationCodeableConcept",
        ),
        text="1,10 comprimé le soir",
        route=Coding(code="20053000", system="http://standardterms.edqm.eu", display="Voie orale"),
    )


@pytest.fixture
def prescription(patient: Patient, line: Line) -> Prescription:
    """The prescription of two lines."""
    second = line.model_copy(
        update={
            "location": "Bundle.entry[2].resource",
            "identifiers": (Identifier(value="L-78", authority="1.2.250.1.999.1"),),
            "product": Product(text="PARACETAMOL 1 g"),
        }
    )
    return Prescription(
        location="Bundle.entry[1].resource",
        chain=Chain(group=Identifier(value="ORD-5", authority="https://ehpad.example/ordonnances")),
        patient=patient,
        prescriber=Practitioner(
            identifiers=(Identifier(value="10003879623", kind=IdentifierKind.RPPS),),
            family_name="MODÈLE",
            given_name="Paul",
            profession=Coding(code="10", system="1.2.250.1.213.1.1.5.1"),
        ),
        lines=(line, second),
    )


@pytest.fixture
def pharmacy() -> Organization:
    """The pharmacy."""
    return Organization(
        identifiers=(Identifier(value="750512345", kind=IdentifierKind.FINESS),),
        name="Pharmacie de l'Exemple",
    )


@pytest.fixture
def decision() -> Decision:
    """A pharmacist's decision: the first line with an intervention, the second refused."""
    return Decision(
        id=DecisionId("decision-1"),
        kind=DecisionKind.VALIDATE,
        decided_by=Decider(
            user=UserName("c.pharmacienne"),
            name="Claire PHARMACIENNE",
            role=Role.PHARMACIST,
            rpps="10000023084",
            finess="750512345",
        ),
        decided_at=DECIDED,
        content_sha256=Sha256("a" * 64),
        source_sha256=Sha256("b" * 64),
        lines=(
            LineDecision(line="1", verdict=LineVerdict.VALIDATED),
            LineDecision(line="2", verdict=LineVerdict.REFUSED, comment="Doublon"),
        ),
        answers=(
            Answer(
                finding_code="dose-range",
                location="Bundle.entry[1].resource.dosageInstruction[0]",
                intervention=Intervention(
                    code_list=InterventionList.OFFICINE,
                    problem="2",
                    intervention="1",
                    outcome="1",
                    comment="Dose confirmée par le prescripteur",
                ),
            ),
        ),
        software="semainier 0.1.0",
    )


@pytest.fixture
def every_rule(line: Line) -> tuple[ReleasedLine, ...]:
    """One line for each way in which a schedule can repeat."""
    evening = (Slot(moment=Moment.EVENING),)
    days = EveryDays(every=1, anchor=date(2026, 3, 2))
    alternate = EveryDays(every=2, anchor=date(2026, 3, 3))
    tuesdays = OnWeekdays(weekdays=(Weekday.TUESDAY, Weekday.FRIDAY), anchor=date(2026, 3, 2))
    first_of_month = OnMonthDays(days=(1,), anchor=date(2026, 3, 1))
    named = ("L-1", "L-2", "L-3", "L-4", "L-5")
    lines = [line.model_copy(update={"identifiers": (Identifier(value=n),)}) for n in named]
    start = at(2, 0)
    meals = (Slot(moment=Moment.BEFORE_BREAKFAST, offset_minutes=30), *evening)
    return (
        a_released(
            lines[0],
            Step(
                location="s",
                start=start,
                end=at(12, 0),
                rule=days,
                slots=meals,
                quantity=tablets("1.10"),
            ),
        ),
        a_released(
            lines[1],
            Step(
                location="s",
                start=start,
                rule=alternate,
                slots=(Slot(wall_time=time(8, 0)),),
                quantity=tablets("0.5"),
            ),
        ),
        a_released(
            lines[2],
            Step(location="s", start=start, rule=tuesdays, slots=evening, quantity=tablets("1")),
        ),
        a_released(
            lines[3],
            Step(
                location="s",
                start=start,
                count=6,
                rule=EveryHours(hours=Decimal(8), first=at(2, 7)),
                quantity=tablets("2"),
            ),
        ),
        a_released(
            lines[4],
            Step(
                location="s", start=start, rule=first_of_month, slots=evening, quantity=tablets("1")
            ),
            planned=(PlannedIntake(due_at=at(1, 19), quantity=tablets("1"), step=0),),
        ),
    )


@pytest.fixture
def released(
    prescription: Prescription,
    every_rule: tuple[ReleasedLine, ...],
    decision: Decision,
    pharmacy: Organization,
) -> ReleasedSchedule:
    """A released schedule: a line for each rule, and one that is taken as needed."""
    needed = AsNeeded(
        location="n",
        text="1 comprimé si douleur, 3 par jour au plus",
        dose=Dose(low=tablets("1"), high=tablets("1")),
        reasons=("douleur",),
        limits=Limits(
            per_period=(
                Ratio(amount=tablets("3"), period=Duration(value=Decimal(1), unit=PeriodUnit.DAY)),
            )
        ),
    )
    schedule = DoseSchedule(site="reference", zone="Europe/Paris", as_needed=(needed,))
    return ReleasedSchedule(
        prescription=prescription,
        lines=(*every_rule, ReleasedLine(line=prescription.lines[0], schedule=schedule)),
        decision=decision,
        pharmacy=pharmacy,
        first_day=at(2, 0),
        days=7,
    )


@pytest.fixture
def analysis(prescription: Prescription, decision: Decision, pharmacy: Organization) -> Analysis:
    """The analysis of that prescription."""
    return Analysis(prescription=prescription, decision=decision, pharmacy=pharmacy)


@pytest.fixture
def intakes(
    patient: Patient, line: Line, decision: Decision, pharmacy: Organization
) -> IntakeReport:
    """One intake of every status, and one whose time nobody noted."""
    nurse = Author(
        role=AuthorRole.NURSE,
        practitioner=Practitioner(
            identifiers=(Identifier(value="10000023084", kind=IdentifierKind.RPPS),),
            family_name="SOIGNANTE",
            profession=Coding(code="60", system="1.2.250.1.213.1.1.5.1"),
        ),
    )
    reports = [
        ReportedIntake(
            id=f"intake-{status.value}",
            intake=Intake(
                location="x",
                status=status,
                taken_at=at(3, 8),
                recorded_at=at(3, 8, 5),
                author=nurse,
                quantity=tablets("0.50") if status is IntakeStatus.PARTIAL else None,
            ),
            line=line,
            received_at=DECIDED,
        )
        for status in IntakeStatus
    ]
    nobody_knows = Intake(
        location="x", status=IntakeStatus.NOT_GIVEN, author=Author(role=AuthorRole.PATIENT)
    )
    reports.append(ReportedIntake(id="intake-dateless", intake=nobody_knows, received_at=DECIDED))
    return IntakeReport(
        patient=patient, intakes=tuple(reports), decision=decision, pharmacy=pharmacy
    )


@pytest.fixture
def adherence(
    patient: Patient,
    prescription: Prescription,
    every_rule: tuple[ReleasedLine, ...],
    decision: Decision,
    pharmacy: Organization,
) -> ValidatedAdherence:
    """Two lines: 6 of 7 taken, and one of which nothing at all is recorded."""
    released = tuple(
        one.model_copy(update={"line": line})
        for one, line in zip(every_rule, prescription.lines, strict=False)
    )
    match = Match(due_at=at(3, 8), kind=MatchKind.ON_TIME, intake="intake-taken")
    return ValidatedAdherence(
        patient=patient,
        lines=released,
        decision=decision,
        pharmacy=pharmacy,
        result=AdherenceResult(
            definition=Definition(
                version="2026-1",
                day_starts_at=time(3, 0),
                window_minutes=120,
                interval_tolerance_percent=25,
                holiday_days=3,
                duplicate_minutes=15,
                precedence=(AuthorRole.NURSE, AuthorRole.PATIENT),
            ),
            patient="patient-1",
            zone="Europe/Paris",
            first=date(2026, 3, 2),
            last=date(2026, 3, 8),
            computed_until=at(9, 0),
            unmonitored=(
                Unmonitored(
                    first=date(2026, 3, 5), last=date(2026, 3, 5), reason=PeriodReason.HOSPITAL
                ),
            ),
            lines=(
                LineAdherence(
                    line="L-77",
                    schedules=("schedule-1",),
                    taking=Fraction(numerator=6, denominator=7),
                    counts={"on-time": 6, "no-record": 1},
                    matches=(match,),
                ),
                LineAdherence(line="L-78", schedules=("schedule-2",), counts={"no-record": 7}),
            ),
            all_lines_correct=Fraction(numerator=3, denominator=7),
            sources={"nurse": 6},
            intakes=("intake-taken",),
        ),
    )
