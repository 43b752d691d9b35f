from collections.abc import Sequence
from datetime import UTC, date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hl7v2_messages import SITE, an_order, read_text, rxe

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.er7.tokeniser import tokenise
from connectors.hl7v2.lint import lint
from connectors.hl7v2.read import read
from connectors.hl7v2.write import write_answer, write_intakes
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
    ProposalKind,
    ProposedLine,
    Role,
)
from schemas.delivery import Analysis, IntakeReport, ReleasedLine, ReleasedSchedule, ReportedIntake
from schemas.errors import Refused
from schemas.export import Envelope
from schemas.finding import Finding, FindingCode
from schemas.ids import DecisionId, DeliveryId, Sha256, UserName
from schemas.intake import Author, AuthorRole, Intake, IntakeStatus
from schemas.moment import Moment
from schemas.people import Identifier, IdentifierKind, Organization, Patient, Practitioner
from schemas.posology import Weekday
from schemas.prescription import Chain, Line, LineAction, Prescription, Product
from schemas.quantity import Quantity
from schemas.schedule import (
    DoseSchedule,
    EveryDays,
    EveryHours,
    InCycle,
    OnWeekdays,
    PlannedIntake,
    Rule,
    Slot,
    Step,
)

PARIS = ZoneInfo("Europe/Paris")
MIDNIGHT = datetime(2026, 1, 5, tzinfo=PARIS)
ENVELOPE = Envelope(
    id=DeliveryId("D-1"),
    created_at=datetime(2026, 1, 5, 10, tzinfo=UTC),
    sender="PHARMACIE & CIE",
    receiver="DPI",
    answers_control_id="M1",
)
PHARMACY = Organization(name="Pharmacie du Mail")
PATIENT = Patient(
    identifiers=(
        Identifier(value="000|123", kind=IdentifierKind.IPP, authority="1.2.3"),
        Identifier(
            value="240053523800122",
            kind=IdentifierKind.INS_NIR,
            authority="1.2.250.1.213.1.4.8",
        ),
    ),
    birth_name="D'EXEMPLE^X",
    used_name="USAGE",
    given_names=("Odette",),
    birth_date=date(1940, 5, 12),
)
ONE = Quantity(value=Decimal("1.0"), unit="comprimé", code="TAB")


def a_line(number: str = "L1", action: LineAction = LineAction.START) -> Line:
    return Line(
        location=f"ORC[{number[1:]}]",
        identifiers=(Identifier(value=number, authority="DPI"),),
        action=action,
        product=Product(
            codes=(ProductCode(system=ProductCodeSystem.CIP13, value="3400932320189"),),
            text="DOLIPRANE 500 mg, comprimé",
        ),
        route=Coding(code="PO", system="HL70162", display="orale"),
    )


def a_prescription(*lines: Line) -> Prescription:
    return Prescription(
        location="ORC[1]",
        chain=Chain(group=Identifier(value="G1", authority="1.2.250.9")),
        patient=PATIENT,
        lines=lines,
    )


def a_decision(
    kind: DecisionKind = DecisionKind.VALIDATE,
    lines: Sequence[LineDecision] = (),
    answers: Sequence[Answer] = (),
    comment: str | None = None,
) -> Decision:
    return Decision(
        id=DecisionId("DEC-1"),
        kind=kind,
        decided_by=Decider(
            user=UserName("p"),
            name="PHARMA Paul",
            role=Role.PHARMACIST,
            rpps="10000056787",
            finess="350001236",
        ),
        decided_at=datetime(2026, 1, 5, 9, 30, tzinfo=UTC),
        content_sha256=Sha256("0" * 64),
        source_sha256=Sha256("1" * 64),
        lines=tuple(lines),
        answers=tuple(answers),
        comment=comment,
        software="semainier",
    )


def an_analysis(prescription: Prescription, decision: Decision) -> Analysis:
    """An analysis in which every line that the decision does not speak of is validated."""
    told = {one.line: one for one in decision.lines}
    verdicts = [
        told.get(str(rank), LineDecision(line=str(rank), verdict=LineVerdict.VALIDATED))
        for rank, _ in enumerate(prescription.lines, start=1)
    ]
    decision = decision.model_copy(update={"lines": tuple(verdicts)})
    return Analysis(prescription=prescription, decision=decision, pharmacy=PHARMACY)


def segments(data: bytes) -> tuple[Segment, ...]:
    file = tokenise(data.decode("utf-8"))
    assert file.findings == ()
    (message,) = file.messages
    return message.segments


def named(data: bytes, name: str) -> list[Segment]:
    return [segment for segment in segments(data) if segment.name == name]


def test_an_analysis_answers_the_message_and_each_order() -> None:
    data = write_answer(
        an_analysis(
            a_prescription(a_line("L1"), a_line("L2")),
            a_decision(lines=[LineDecision(line="2", verdict=LineVerdict.REFUSED, comment="non")]),
        ),
        ENVELOPE,
    )

    header, msa, pid, first, second = segments(data)
    assert (header.raw(9), header.value(10)) == ("RRE^O12^RRE_O12", "D-1")
    assert header.value(3) == "PHARMACIE & CIE"
    assert (msa.value(1), msa.value(2)) == ("AA", "M1")
    assert pid.value(3) == "000|123"
    assert pid.value(5) == "D'EXEMPLE^X"
    assert [orc.value(1) for orc in (first, second)] == ["OK", "UA"]
    assert [orc.raw(2) for orc in (first, second)] == ["L1^DPI", "L2^DPI"]
    assert first.raw(4) == "G1^^1.2.250.9^ISO"
    assert (first.value(11), first.value(11, 2)) == ("10000056787", "PHARMA Paul")
    assert second.value(16, 2) == "non"


def test_an_analysis_that_says_nothing_of_a_line_is_refused() -> None:
    export = Analysis(
        prescription=a_prescription(a_line()), decision=a_decision(), pharmacy=PHARMACY
    )

    with pytest.raises(Refused, match="no verdict on line 1"):
        write_answer(export, ENVELOPE)


def test_a_proposed_line_is_told_in_the_notes_of_the_answer() -> None:
    proposed = a_line().model_copy(update={"text": "1 comprimé le soir"})
    proposal = ProposedLine(
        line="1", kind=ProposalKind.SUGGESTION, proposed=proposed, comment="Foie fragile"
    )
    decision = a_decision().model_copy(update={"proposals": (proposal,)})

    data = write_answer(an_analysis(a_prescription(a_line()), decision), ENVELOPE)

    (note,) = named(data, "NTE")
    assert note.value(3) == "suggestion, ligne 1 : 1 comprimé le soir ; Foie fragile"
    assert [orc.value(1) for orc in named(data, "ORC")] == ["OK"]


def test_what_is_written_passes_strict_validation() -> None:
    data = write_answer(an_analysis(a_prescription(a_line()), a_decision()), ENVELOPE)

    assert lint(data) == ()


def test_the_same_export_gives_the_same_bytes() -> None:
    export = an_analysis(a_prescription(a_line()), a_decision())

    assert write_answer(export, ENVELOPE) == write_answer(export, ENVELOPE)


@pytest.mark.parametrize(
    ("action", "done", "refused"),
    [
        (LineAction.START, "OK", "UA"),
        (LineAction.CHANGE, "XR", "UX"),
        (LineAction.STOP, "DR", "UD"),
        (LineAction.CANCEL, "CR", "UC"),
        (LineAction.HOLD, "HR", "UH"),
        (LineAction.RESUME, "OR", "UR"),
        (LineAction.REPLACE, "RQ", "UM"),
    ],
)
def test_each_request_has_its_own_reply(action: LineAction, done: str, refused: str) -> None:
    prescription = a_prescription(a_line(action=action))

    yes = write_answer(an_analysis(prescription, a_decision()), ENVELOPE)
    no = write_answer(an_analysis(prescription, a_decision(DecisionKind.REJECT)), ENVELOPE)

    assert [orc.value(1) for orc in named(yes, "ORC")] == [done]
    assert [orc.value(1) for orc in named(no, "ORC")] == [refused]


def test_the_reason_of_a_refusal_is_the_intervention_that_answers_its_finding() -> None:
    finding = Finding(code=FindingCode.DOSE_RANGE, location="RXE[1]-3", message="a range")
    line = a_line().model_copy(update={"findings": (finding,)})
    answer = Answer(
        finding_code="dose-range",
        location="RXE[1]-3",
        intervention=Intervention(
            code_list=InterventionList.OFFICINE, problem="2", intervention="1"
        ),
    )

    data = write_answer(
        an_analysis(a_prescription(line), a_decision(DecisionKind.REJECT, answers=[answer])),
        ENVELOPE,
    )

    (orc,) = named(data, "ORC")
    assert [orc.value(16, at) for at in (1, 3, 4, 6)] == [
        "2",
        "sfpc-officine-problem",
        "1",
        "sfpc-officine-intervention",
    ]


def test_the_comment_of_the_decision_is_a_note() -> None:
    data = write_answer(
        an_analysis(a_prescription(a_line()), a_decision(comment="voir | le médecin\nmerci")),
        ENVELOPE,
    )

    (nte,) = named(data, "NTE")
    assert [nte.value(3, 1, at) for at in nte.repetitions(3)] == ["voir | le médecin", "merci"]


@pytest.mark.parametrize("kind", [DecisionKind.HOLD, DecisionKind.CLARIFY])
def test_what_is_no_decision_yet_answers_no_order(kind: DecisionKind) -> None:
    with pytest.raises(Refused, match="validation or a rejection"):
        write_answer(an_analysis(a_prescription(a_line()), a_decision(kind)), ENVELOPE)


def test_lines_that_asked_for_nothing_are_not_answered() -> None:
    lines = (a_line("L1"), a_line("L2", LineAction.INFORM))

    data = write_answer(an_analysis(a_prescription(*lines), a_decision()), ENVELOPE)

    assert [orc.value(2) for orc in named(data, "ORC")] == ["L1"]
    with pytest.raises(Refused, match="at least one order"):
        write_answer(an_analysis(a_prescription(lines[1]), a_decision()), ENVELOPE)


def a_step(rule: Rule, *slots: Slot, amount: Quantity = ONE) -> Step:
    return Step(
        location="TQ1[1]",
        start=MIDNIGHT,
        end=datetime(2026, 1, 12, tzinfo=PARIS),
        rule=rule,
        slots=slots,
        quantity=amount,
    )


def a_release(*steps: Step, planned: Sequence[PlannedIntake] = ()) -> ReleasedSchedule:
    schedule = DoseSchedule(site="reference", zone="Europe/Paris", steps=steps)
    return ReleasedSchedule(
        prescription=a_prescription(a_line()),
        lines=(ReleasedLine(line=a_line(), schedule=schedule, planned=tuple(planned)),),
        decision=a_decision(),
        pharmacy=PHARMACY,
        first_day=MIDNIGHT,
        days=7,
    )


def test_a_released_schedule_is_an_encoded_order_with_its_clock_times() -> None:
    morning = PlannedIntake(
        due_at=datetime(2026, 1, 5, 7, tzinfo=UTC), moment=Moment.MORNING, quantity=ONE, step=0
    )
    step = a_step(
        EveryDays(every=1, anchor=date(2026, 1, 5)),
        Slot(moment=Moment.MORNING),
        Slot(wall_time=time(19, 30)),
    )

    data = write_answer(a_release(step, planned=[morning]), ENVELOPE)

    assert lint(data) == ()
    assert segments(data)[0].value(7) == "20260105110000+0100"
    assert [one.name for one in segments(data)] == ["MSH", "MSA", "PID", "ORC", "RXE", "TQ1", "RXR"]
    (detail,), (timing,), (route,) = (named(data, name) for name in ("RXE", "TQ1", "RXR"))
    assert detail.raw(2) == "3400932320189^DOLIPRANE 500 mg, comprimé^CIP13"
    assert (detail.value(3), detail.raw(5)) == ("1.0", "TAB^comprimé")
    assert (timing.value(3), timing.raw(4)) == ("BID", "0800~1930")
    assert (timing.value(7), timing.value(8)) == ("20260105000000+0100", "20260111235959+0100")
    assert route.raw(1) == "PO^orale^HL70162"


def test_each_amount_is_an_encoded_order_of_its_own() -> None:
    two = Quantity(value=Decimal(2), unit="comprimé", code="TAB")
    days = EveryDays(every=1, anchor=date(2026, 1, 5))
    mondays = OnWeekdays(weekdays=(Weekday.MONDAY, Weekday.THURSDAY), anchor=date(2026, 1, 5))

    data = write_answer(
        a_release(
            a_step(days, Slot(wall_time=time(8))),
            a_step(mondays, Slot(wall_time=time(12))),
            a_step(days, Slot(wall_time=time(19)), amount=two),
        ),
        ENVELOPE,
    )

    assert [one.value(3) for one in named(data, "RXE")] == ["1.0", "2"]
    assert [one.raw(3) for one in named(data, "TQ1")] == ["Q1D", "Q1J1~Q1J4", "Q1D"]
    assert [one.value(12) for one in named(data, "TQ1")] == ["A", None, None]
    assert [one.value(2) for one in named(data, "ORC")] == ["L1", "L1"]


@pytest.mark.parametrize(("hours", "code"), [(1, "Q1D"), (3, "TID"), (4, "QID"), (5, "5ID")])
def test_the_pattern_says_how_many_times_a_day(hours: int, code: str) -> None:
    slots = [Slot(wall_time=time(8 + hour)) for hour in range(hours)]

    data = write_answer(
        a_release(a_step(EveryDays(every=1, anchor=date(2026, 1, 5)), *slots)), ENVELOPE
    )

    assert [one.value(3) for one in named(data, "TQ1")] == [code]


def test_several_times_of_every_other_day_are_as_many_timings_in_parallel() -> None:
    step = a_step(
        EveryDays(every=2, anchor=date(2026, 1, 5)),
        Slot(wall_time=time(8)),
        Slot(wall_time=time(20)),
    )

    data = write_answer(a_release(step), ENVELOPE)

    assert [(one.value(3), one.raw(4), one.value(12)) for one in named(data, "TQ1")] == [
        ("Q2D", "0800", "A"),
        ("Q2D", "2000", None),
    ]
    with pytest.raises(Refused, match="TQ1-14"):
        write_answer(a_release(step.model_copy(update={"count": 4})), ENVELOPE)


def test_a_meal_that_the_clock_time_does_not_say_is_written_in_words() -> None:
    early = PlannedIntake(
        due_at=datetime(2026, 1, 5, 7, tzinfo=UTC),
        moment=Moment.BEFORE_BREAKFAST,
        quantity=ONE,
        step=0,
    )
    step = a_step(
        EveryDays(every=1, anchor=date(2026, 1, 5)),
        Slot(moment=Moment.BEFORE_BREAKFAST, offset_minutes=30),
    )

    data = write_answer(a_release(step, planned=[early]), ENVELOPE)

    (timing,) = named(data, "TQ1")
    assert (timing.raw(4), timing.value(11)) == ("0800", "30 min avant le petit déjeuner")


def test_a_rhythm_without_a_pattern_is_refused_and_not_bent() -> None:
    step = a_step(InCycle(days_on=21, days_off=7, anchor=date(2026, 1, 5)))

    with pytest.raises(Refused, match="table 0335"):
        write_answer(a_release(step), ENVELOPE)


def an_intake(status: IntakeStatus = IntakeStatus.TAKEN, **changes: object) -> ReportedIntake:
    intake = Intake(
        location="RXA[1]",
        status=status,
        taken_at=datetime(2026, 1, 5, 7, 5, tzinfo=UTC),
        recorded_at=datetime(2026, 1, 5, 7, 6, tzinfo=UTC),
        line=(Identifier(value="L1", authority="DPI"), Identifier(value="F1", authority="LGO")),
        product=Product(text="DOLIPRANE 500 mg, comprimé"),
        quantity=ONE,
    )
    return ReportedIntake(
        id="I1",
        intake=intake.model_copy(update=changes),
        line=a_line(),
        received_at=datetime(2026, 1, 5, 8, tzinfo=UTC),
    )


def a_report(*intakes: ReportedIntake) -> IntakeReport:
    return IntakeReport(patient=PATIENT, intakes=intakes, decision=a_decision(), pharmacy=PHARMACY)


def test_intakes_that_are_written_are_read_back_as_they_were() -> None:
    refused = an_intake(
        IntakeStatus.REFUSED, reason=Coding(code="01", system="L", display="a refusé | t\\out^")
    )

    data = write_intakes(a_report(an_intake(), refused), ENVELOPE)

    reading = read(data, SITE)
    first, second = reading.intakes
    assert reading.findings == ()
    assert (first.status, first.quantity, first.findings) == (IntakeStatus.TAKEN, ONE, ())
    assert first.taken_at == datetime(2026, 1, 5, 7, 5, tzinfo=UTC)
    assert second.status is IntakeStatus.REFUSED
    assert second.reason == Coding(code="01", system="L", display="a refusé | t\\out^")
    assert [one.identifiers[0].value for one in reading.intakes] == ["L1/1", "L1/2"]
    assert lint(data) == ()


def test_an_intake_entered_in_error_is_deleted() -> None:
    data = write_intakes(a_report(an_intake(IntakeStatus.ENTERED_IN_ERROR)), ENVELOPE)

    (rxa,) = named(data, "RXA")
    assert (rxa.value(20), rxa.value(21)) == (None, "D")


def test_an_intake_keeps_the_number_that_it_came_with() -> None:
    known = an_intake(identifiers=(Identifier(value="F1/7", authority="LGO"),))
    corrected = an_intake(corrects=Identifier(value="F1/3", authority="LGO"))

    data = write_intakes(a_report(known, corrected), ENVELOPE)

    assert [(rxa.value(2), rxa.value(21)) for rxa in named(data, "RXA")] == [("7", "A"), ("3", "U")]


def test_the_author_and_the_note_of_an_intake_are_written() -> None:
    nurse = Practitioner(
        identifiers=(Identifier(value="N-12", kind=IdentifierKind.OTHER),), family_name="SOIGNE"
    )
    author = Author(role=AuthorRole.NURSE, practitioner=nurse)

    data = write_intakes(a_report(an_intake(author=author, note="un\ndeux")), ENVELOPE)

    (rxa,) = named(data, "RXA")
    assert (rxa.value(10), rxa.value(10, 2)) == ("N-12", "SOIGNE")
    assert [rxa.value(9, 2, at) for at in rxa.repetitions(9)] == ["un", "deux"]


def test_a_route_that_nobody_stated_is_said_in_words() -> None:
    unmatched = an_intake().model_copy(update={"line": None})

    data = write_intakes(a_report(unmatched), ENVELOPE)

    (rxr,) = named(data, "RXR")
    assert (rxr.value(1), rxr.value(1, 2)) == (None, "non précisée")
    assert lint(data) == ()


def test_exports_of_other_kinds_are_refused() -> None:
    with pytest.raises(Refused, match="analysis or a released schedule"):
        write_answer(a_report(an_intake()), ENVELOPE)
    with pytest.raises(Refused, match="carries intakes"):
        write_intakes(an_analysis(a_prescription(a_line()), a_decision()), ENVELOPE)
    with pytest.raises(Refused, match="at least one intake"):
        write_intakes(a_report(), ENVELOPE)


def test_a_moment_without_a_dated_intake_has_no_clock_time() -> None:
    step = a_step(EveryDays(every=1, anchor=date(2026, 1, 5)), Slot(moment=Moment.MORNING))

    with pytest.raises(Refused, match="TQ1-4"):
        write_answer(a_release(step), ENVELOPE)


def test_every_so_many_hours_starts_at_its_first_intake() -> None:
    step = a_step(EveryHours(hours=Decimal(8), first=MIDNIGHT))

    (timing,) = named(write_answer(a_release(step), ENVELOPE), "TQ1")

    assert (timing.value(3), timing.value(7)) == ("Q8H", "20260105000000+0100")


def test_every_other_day_counts_from_the_start_of_the_step() -> None:
    slot = Slot(wall_time=time(8))
    aligned = a_step(EveryDays(every=2, anchor=date(2026, 1, 5)), slot)
    in_utc = aligned.model_copy(update={"start": MIDNIGHT.astimezone(UTC)})
    shifted = a_step(EveryDays(every=2, anchor=date(2026, 1, 4)), slot)

    for step in (aligned, in_utc):
        (timing,) = named(write_answer(a_release(step), ENVELOPE), "TQ1")
        assert timing.value(3) == "Q2D"
    with pytest.raises(Refused, match="table 0335"):
        write_answer(a_release(shifted), ENVELOPE)


def test_a_reason_stands_only_where_nothing_was_taken() -> None:
    taken = an_intake(IntakeStatus.TAKEN, reason=Coding(code="01"))

    (rxa,) = named(write_intakes(a_report(taken), ENVELOPE), "RXA")

    assert rxa.value(18) is None


@pytest.mark.parametrize(
    "reported",
    [
        an_intake(IntakeStatus.UNKNOWN),
        an_intake(IntakeStatus.IN_PROGRESS),
        an_intake(taken_at=None),
        an_intake(product=None).model_copy(update={"line": None}),
        an_intake(line=()).model_copy(update={"line": None}),
    ],
)
def test_an_intake_that_rxa_cannot_say_is_refused(reported: ReportedIntake) -> None:
    with pytest.raises(Refused):
        write_intakes(a_report(reported), ENVELOPE)


def test_an_order_that_was_read_is_answered_by_its_own_numbers() -> None:
    (prescription,) = read_text(
        an_order(rxe(), "TQ1|1||BID", "RXR|PO", orc="ORC|NW|EHPAD\\F\\7^DPI|F9^LGO|G\\T\\1")
    ).prescriptions

    data = write_answer(an_analysis(prescription, a_decision()), ENVELOPE)

    (orc,) = named(data, "ORC")
    assert (orc.value(2), orc.value(2, 2)) == ("EHPAD|7", "DPI")
    assert (orc.value(3), orc.value(4)) == ("F9", "G&1")
