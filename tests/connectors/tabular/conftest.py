"""Validated snapshots to write as tables: fictitious people, keys that are right."""

from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from placed import counted

from schemas.adherence import (
    AdherenceResult,
    Definition,
    Fraction,
    LineAdherence,
    PeriodReason,
    Unmonitored,
)
from schemas.codes import Coding, ProductCode, ProductCodeSystem
from schemas.decision import Decider, Decision, DecisionKind, Role
from schemas.delivery import (
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
from schemas.people import Identifier, IdentifierKind, Organization, Patient, Practitioner, Stay
from schemas.posology import Dose
from schemas.prescription import Line, Prescription, Product
from schemas.quantity import Quantity, Strength
from schemas.schedule import AsNeeded, DoseSchedule, EveryDays, PlannedIntake, Slot, Step

PARIS = ZoneInfo("Europe/Paris")
PHARMACY = Organization(
    identifiers=(Identifier(value="750512302", kind=IdentifierKind.FINESS),), name="Pharmacie"
)
PATIENT = Patient(
    identifiers=(
        Identifier(value="000123", kind=IdentifierKind.IPP, authority="1.2.250.1.999.1.4"),
        Identifier(value="239067511604207", kind=IdentifierKind.INS_NIR),
    ),
    birth_name="EXEMPLE",
    given_names=("Odette", "Marie"),
    birth_date=date(1939, 6, 12),
)
DECISION = Decision(
    id=DecisionId("D-1"),
    kind=DecisionKind.VALIDATE,
    decided_by=Decider(
        user=UserName("anne"), name="Anne PHARMACIENNE", role=Role.PHARMACIST, finess="750512302"
    ),
    decided_at=datetime(2026, 1, 4, 16, 0, tzinfo=UTC),
    content_sha256=Sha256("0" * 64),
    source_sha256=Sha256("1" * 64),
    software="semainier",
)


def tablets(value: str) -> Quantity:
    return Quantity(value=Decimal(value), unit="comprimé")


def at(day: int, hour: int, minute: int = 0) -> datetime:
    """A wall time of January 2026 in Paris."""
    return datetime(2026, 1, day, hour, minute, tzinfo=PARIS)


def an_intake(day: int, hour: int, moment: Moment | None, dose: str = "1") -> PlannedIntake:
    return PlannedIntake(due_at=at(day, hour), moment=moment, quantity=tablets(dose))


def a_released_line(
    planned: tuple[PlannedIntake, ...],
    *,
    text: str = "RAMIPRIL EG 5 mg, comprimé sécable",
    identifier: str = "L1",
    as_needed: tuple[AsNeeded, ...] = (),
    codes: tuple[tuple[ProductCodeSystem, str], ...] = (
        (ProductCodeSystem.CIP13, "3400938022209"),
        (ProductCodeSystem.CIS, "65876512"),
        (ProductCodeSystem.ATC, "C09AA05"),
    ),
) -> ReleasedLine:
    step = Step(
        location="line[1]",
        start=at(5, 0),
        rule=EveryDays(every=1, anchor=date(2026, 1, 5)),
        slots=(Slot(moment=Moment.MORNING),),
        quantity=tablets("1"),
        instructions=("au cours du repas",),
    )
    released = ReleasedLine(
        line=Line(
            location="line[1]",
            identifiers=(Identifier(value=identifier),),
            product=Product(
                codes=tuple(ProductCode(system=system, value=value) for system, value in codes),
                text=text,
                form=Coding(code="10219000", display="Comprimé"),
                strengths=(Strength(numerator=Quantity(value=Decimal("5.0"), unit="mg")),),
                location="line[1].product",
            ),
            text="1 comprimé matin et soir",
        ),
        schedule=DoseSchedule(
            site="reference",
            zone="Europe/Paris",
            steps=(step,) if planned else (),
            as_needed=as_needed,
        ),
        planned=planned,
    )
    return counted(released)


def a_release(*lines: ReleasedLine, days: int = 7, patient: Patient = PATIENT) -> ReleasedSchedule:
    return ReleasedSchedule(
        prescription=Prescription(
            location="prescription[1]",
            identifiers=(Identifier(value="P-77"),),
            patient=patient,
            prescriber=Practitioner(
                identifiers=(Identifier(value="10004152632", kind=IdentifierKind.RPPS),),
                family_name="MODÈLE",
                given_name="Hélène",
            ),
            establishment=Organization(
                identifiers=(
                    Identifier(value="1750512345", kind=IdentifierKind.IDNST),
                    Identifier(value="750512345", kind=IdentifierKind.FINESS),
                ),
                name="EHPAD des Tilleuls",
            ),
            stay=Stay(unit="2e étage", room="12 bis"),
        ),
        lines=lines,
        decision=DECISION,
        pharmacy=PHARMACY,
        first_day=at(5, 0),
        days=days,
    )


@pytest.fixture
def envelope() -> Envelope:
    return Envelope(
        id=DeliveryId("X-1"),
        created_at=datetime(2026, 1, 4, 17, 5, tzinfo=UTC),
        sender="semainier",
        receiver="robot",
    )


@pytest.fixture
def release() -> ReleasedSchedule:
    """Two days of one tablet in the morning and half a tablet at bedtime, and one as needed."""
    planned = tuple(
        intake
        for day in (5, 6)
        for intake in (
            an_intake(day, 8, Moment.MORNING),
            an_intake(day, 22, Moment.BEDTIME, "0.5"),
        )
    )
    needed = AsNeeded(
        location="line[2]",
        text="1 si douleur",
        dose=Dose(low=tablets("1"), high=tablets("1")),
        reasons=("si douleur",),
    )
    return a_release(
        a_released_line(planned),
        a_released_line(
            (),
            text="=PARACETAMOL 500 mg",
            identifier="L2",
            as_needed=(needed,),
            codes=((ProductCodeSystem.CIP13, "3400933516390"),),
        ),
    )


@pytest.fixture
def report() -> IntakeReport:
    """Two validated intakes, one of them refused for a reason that looks like a formula."""
    nurse = Author(
        role=AuthorRole.NURSE,
        practitioner=Practitioner(
            identifiers=(Identifier(value="10004152632", kind=IdentifierKind.RPPS),)
        ),
        name="Jeanne SOIGNANTE",
    )
    taken = Intake(
        location="row[2]",
        identifiers=(Identifier(value="A-1"),),
        status=IntakeStatus.TAKEN,
        taken_at=at(5, 8, 5),
        planned_at=at(5, 8),
        recorded_at=at(5, 8, 7),
        author=nurse,
        patient=PATIENT,
        line=(Identifier(value="L1"),),
        quantity=tablets("1.50"),
    )
    refused = Intake(
        location="row[3]",
        status=IntakeStatus.REFUSED,
        taken_at=at(6, 8),
        patient=PATIENT,
        line=(Identifier(value="L1"),),
        reason=Coding(code="=HYPERLINK(0)"),
        note="dort ;\nne veut pas",
    )
    return IntakeReport(
        patient=PATIENT,
        intakes=tuple(
            ReportedIntake(id=f"I-{number}", intake=intake, received_at=at(7, 9))
            for number, intake in enumerate((taken, refused), start=1)
        ),
        decision=DECISION,
        pharmacy=PHARMACY,
    )


@pytest.fixture
def adherence() -> ValidatedAdherence:
    """A line of fourteen expected intakes with twelve taken, and two days in hospital."""
    result = AdherenceResult(
        definition=Definition(
            version="1",
            day_starts_at=time(3),
            window_minutes=120,
            interval_tolerance_percent=25,
            holiday_days=3,
            duplicate_minutes=15,
            precedence=(AuthorRole.NURSE, AuthorRole.PATIENT),
        ),
        patient="000123",
        zone="Europe/Paris",
        first=date(2026, 1, 5),
        last=date(2026, 1, 11),
        computed_until=at(12, 0),
        unmonitored=(
            Unmonitored(
                first=date(2026, 1, 8), last=date(2026, 1, 9), reason=PeriodReason.HOSPITAL
            ),
        ),
        lines=(
            LineAdherence(
                line="L1",
                schedules=("S-1",),
                taking=Fraction(numerator=12, denominator=14),
                counts={"on-time": 11, "no-record": 2},
                quantity_expected=tablets("14"),
            ),
        ),
        sources={"patient": 2, "nurse": 10},
        intakes=("I-1", "I-2"),
    )
    return ValidatedAdherence(
        patient=PATIENT,
        result=result,
        lines=(a_released_line(()),),
        decision=DECISION,
        pharmacy=PHARMACY,
    )
