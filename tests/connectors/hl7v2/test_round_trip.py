"""What leaves as HL7 v2 and is read again says the same: intakes, and answers to orders."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hl7v2_messages import SITE
from hypothesis import given, settings
from hypothesis import strategies as st

from connectors.hl7v2.read import read
from connectors.hl7v2.write import write_answer, write_intakes, write_request_answer
from schemas.codes import Coding
from schemas.decision import Decider, Decision, DecisionKind, LineDecision, LineVerdict, Role
from schemas.delivery import Analysis, IntakeReport, ReportedIntake
from schemas.export import Envelope
from schemas.ids import DecisionId, DeliveryId, Sha256, UserName
from schemas.intake import Author, AuthorRole, Intake, IntakeStatus
from schemas.notice import NoticeKind
from schemas.people import Identifier, IdentifierKind, Organization, Patient, Practitioner
from schemas.prescription import Line, LineAction, Prescription, Product
from schemas.quantity import Quantity

NOW = datetime(2026, 1, 5, 10, tzinfo=UTC)
ENVELOPE = Envelope(
    id=DeliveryId("D-1"), created_at=NOW, sender="P", receiver="DPI", answers_control_id="M1"
)
PATIENT = Patient(
    identifiers=(Identifier(value="123", kind=IdentifierKind.IPP, authority="1.2.3"),),
    birth_name="EXEMPLE",
)
PHARMACY = Organization(name="Pharmacie du Mail")
DECISION = Decision(
    id=DecisionId("DEC-1"),
    kind=DecisionKind.VALIDATE,
    decided_by=Decider(
        user=UserName("p"),
        name="PHARMA Paul",
        role=Role.PHARMACIST,
        rpps="10000056787",
        finess="350001236",
    ),
    decided_at=NOW,
    content_sha256=Sha256("0" * 64),
    source_sha256=Sha256("1" * 64),
    software="semainier",
)

words = st.text(
    st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12
).filter(lambda text: text != '""')
numbers = st.decimals(Decimal("0.25"), Decimal(40), places=2, allow_nan=False)
sides = st.sampled_from([(True, True), (True, False), (False, True)])
given_statuses = (IntakeStatus.TAKEN, IntakeStatus.PARTIAL)


def numbered(placer: str, filler: str, stated: tuple[bool, bool]) -> tuple[Identifier, ...]:
    """ORC-2, ORC-3, or one of them."""
    both = (
        Identifier(value=placer, kind=IdentifierKind.PLACER, authority="DPI"),
        Identifier(value=filler, kind=IdentifierKind.FILLER, authority="LGO"),
    )
    return tuple(one for one, said in zip(both, stated, strict=True) if said)


orders = st.builds(numbered, words, words, sides)


@st.composite
def intakes(draw: st.DrawFn) -> Intake:
    """An intake that RXA can say, with the number that it came with."""
    status = draw(st.sampled_from([*given_statuses, IntakeStatus.REFUSED, IntakeStatus.NOT_GIVEN]))
    order, taken = draw(orders), NOW + timedelta(seconds=draw(st.integers(0, 10**6)))
    refused = status not in given_statuses
    count = draw(st.integers(1, 9999))
    own = Identifier(value=f"{order[-1].value}/{count}", authority=order[-1].authority)
    person = draw(st.none() | st.builds(Practitioner, family_name=words, given_name=words))
    name = f"{person.given_name} {person.family_name}" if person else None
    unit = draw(words)
    return Intake(
        location="RXA[1]",
        identifiers=(own,),
        status=status,
        taken_at=taken,
        recorded_at=taken + timedelta(minutes=1),
        author=Author(role=AuthorRole.UNKNOWN, practitioner=person, name=name),
        line=order,
        product=Product(text=draw(words)),
        quantity=Quantity(value=draw(numbers), unit=unit, code=unit),
        reason=draw(st.builds(Coding, code=words, display=words)) if refused else None,
        note=draw(st.none() | words),
    )


def placeless(intake: Intake) -> Intake:
    """Without what a message adds: places, and the patient as PID gives them."""
    person = intake.author.practitioner
    author = intake.author.model_copy(
        update={"practitioner": person.model_copy(update={"location": ""}) if person else None}
    )
    product = intake.product.model_copy(update={"location": ""}) if intake.product else None
    return intake.model_copy(
        update={"author": author, "product": product, "location": "", "patient": None}
    )


@settings(max_examples=60, deadline=None)
@given(intakes())
def test_any_intake_that_is_written_is_read_back_as_it_was(intake: Intake) -> None:
    reported = ReportedIntake(id="I1", intake=intake, line=None, received_at=NOW)
    report = IntakeReport(
        patient=PATIENT, intakes=(reported,), decision=DECISION, pharmacy=PHARMACY
    )

    reading = read(write_intakes(report, ENVELOPE), SITE)

    assert reading.findings == ()
    (back,) = reading.intakes
    assert placeless(back) == placeless(intake)


asked = {
    LineAction.START: ("OK", "UA"),
    LineAction.CHANGE: ("XR", "UX"),
    LineAction.STOP: ("DR", "UD"),
    LineAction.CANCEL: ("CR", "UC"),
    LineAction.HOLD: ("HR", "UH"),
    LineAction.RESUME: ("OR", "UR"),
    LineAction.REPLACE: ("RQ", "UM"),
}


@pytest.mark.parametrize("write", [write_answer, write_request_answer])
@settings(max_examples=30, deadline=None)
@given(orders, st.sampled_from(sorted(asked)), st.booleans(), st.none() | words)
def test_any_answer_to_an_order_is_read_back_as_what_was_decided(
    write: Callable[[Analysis, Envelope], bytes],
    order: tuple[Identifier, ...],
    action: LineAction,
    accepted: bool,
    why: str | None,
) -> None:
    line = Line(location="ORC[1]", identifiers=order, action=action, product=Product(text="X"))
    verdict = LineVerdict.VALIDATED if accepted else LineVerdict.REFUSED
    decision = DECISION.model_copy(
        update={"lines": (LineDecision(line="1", verdict=verdict, comment=why),)}
    )
    prescription = Prescription(location="ORC[1]", patient=PATIENT, lines=(line,))
    analysis = Analysis(prescription=prescription, decision=decision, pharmacy=PHARMACY)

    reading = read(write(analysis, ENVELOPE), SITE)

    assert reading.prescriptions == ()
    (notice,) = reading.notices
    assert notice.kind is (NoticeKind.ACCEPTED if accepted else NoticeKind.DECLINED)
    assert notice.code == asked[action][0 if accepted else 1]
    assert notice.order == order
    assert notice.answers == "M1"
    assert (notice.reason.display if notice.reason else None) == why
    assert notice.told_at == NOW
