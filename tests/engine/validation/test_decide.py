from datetime import UTC, datetime

import pytest

from engine.validation.decide import (
    Item,
    ItemLine,
    Request,
    Stale,
    Unanswered,
    check_current,
    check_decision,
    decide,
)
from engine.validation.states import ItemState
from schemas.decision import (
    Answer,
    Decider,
    DecisionKind,
    Intervention,
    InterventionList,
    LineDecision,
    LineVerdict,
    Role,
)
from schemas.errors import Forbidden, Refused
from schemas.finding import Finding, FindingCode
from schemas.ids import DecisionId, Sha256, UserName
from schemas.review import ChangeKind, FieldChange, LineChange

CONTENT = Sha256("c" * 64)
SOURCE = Sha256("5" * 64)
NOW = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)
RANGE = Finding(code=FindingCode.DOSE_RANGE, location="line[1].dose", message="dose: a range")
UNCODED = Finding(code=FindingCode.PRODUCT_UNCODED, location="line[2]", message="product: uncoded")
NOTE = Finding(code=FindingCode.AS_NEEDED, location="line[2]", message="as needed: not planned")


def a_decider(role: Role = Role.PHARMACIST, rpps: str | None = "10003879623") -> Decider:
    return Decider(
        user=UserName("odile"), name="Odile EXEMPLE", role=role, rpps=rpps, finess="750512345"
    )


def an_item(
    *findings: Finding, computable: bool = True, state: ItemState = ItemState.TO_VALIDATE
) -> Item:
    return Item(
        state=state,
        content_sha256=CONTENT,
        source_sha256=SOURCE,
        lines=(
            ItemLine(line="L1", computable=computable, findings=findings),
            ItemLine(line="L2", computable=True),
        ),
    )


def verdicts(
    first: LineVerdict = LineVerdict.VALIDATED, second: LineVerdict = LineVerdict.VALIDATED
) -> tuple[LineDecision, ...]:
    return (LineDecision(line="L1", verdict=first), LineDecision(line="L2", verdict=second))


def a_validation(
    *answers: Answer,
    lines: tuple[LineDecision, ...] | None = None,
    expected: Sha256 = CONTENT,
) -> Request:
    return Request(
        kind=DecisionKind.VALIDATE,
        expected_sha256=expected,
        lines=verdicts() if lines is None else lines,
        answers=answers,
    )


def a_request(kind: DecisionKind, reason: str | None, comment: str | None = None) -> Request:
    return Request(kind=kind, expected_sha256=CONTENT, reason=reason, comment=comment)


def answer(
    finding: Finding,
    problem: str | None = None,
    code_list: InterventionList = InterventionList.OFFICINE,
) -> Answer:
    """An acknowledgment, or with a problem an SFPC answer whose intervention is 1."""
    intervention = (
        Intervention(code_list=code_list, problem=problem, intervention="1") if problem else None
    )
    return Answer(finding_code=finding.code, location=finding.location, intervention=intervention)


def test_a_pharmacist_validates_and_the_decision_names_exactly_what_was_seen() -> None:
    decision = decide(
        an_item(RANGE),
        a_validation(answer(RANGE, problem="2")),
        a_decider(),
        decision_id=DecisionId("D1"),
        now=NOW,
        software="semainier 0.1.0",
    )

    assert decision.kind is DecisionKind.VALIDATE
    assert (decision.content_sha256, decision.source_sha256) == (CONTENT, SOURCE)
    assert (decision.decided_at, decision.decided_by) == (NOW, a_decider())
    assert decision.lines == verdicts()
    assert decision.answers == (answer(RANGE, problem="2"),)


@pytest.mark.parametrize(
    "role", [Role.PREPARER, Role.NURSE, Role.INTEGRATOR, Role.OPERATOR], ids=str
)
@pytest.mark.parametrize("kind", DecisionKind, ids=str)
def test_nobody_but_a_pharmacist_decides_anything(role: Role, kind: DecisionKind) -> None:
    with pytest.raises(Forbidden, match=f"only a pharmacist decides: the role {role.value}"):
        check_decision(an_item(), a_request(kind, "OTHER", "why"), a_decider(role))


def test_an_owner_decides_as_a_pharmacist_only_with_an_rpps() -> None:
    check_decision(an_item(), a_validation(), a_decider(Role.OWNER))

    with pytest.raises(Forbidden, match="no valid RPPS"):
        check_decision(an_item(), a_validation(), a_decider(Role.OWNER, rpps=None))
    with pytest.raises(Forbidden, match="no valid RPPS"):
        check_decision(an_item(), a_validation(), a_decider(Role.OWNER, rpps="10003879624"))


def test_a_decision_about_another_version_is_refused_with_the_difference() -> None:
    changes = (
        LineChange(
            kind=ChangeKind.CHANGED,
            line="L1",
            product="X",
            fields=(FieldChange(field="posology.phases[1].dose.low.value", old="1", new="2"),),
        ),
    )
    older = Sha256("a" * 64)

    with pytest.raises(Stale, match="another version") as refused:
        check_decision(an_item(), a_validation(expected=older), a_decider(), changes=changes)

    assert isinstance(refused.value, Refused)
    assert refused.value.changes == changes
    assert (refused.value.expected, refused.value.current) == (older, CONTENT)


def test_the_same_version_is_current() -> None:
    check_current(CONTENT, CONTENT)


def test_a_blocking_finding_without_an_sfpc_answer_stops_the_validation() -> None:
    for given in ((), (answer(RANGE),)):
        with pytest.raises(Unanswered, match=r"dose-range at line\[1\]\.dose") as refused:
            check_decision(an_item(RANGE), a_validation(*given), a_decider())

        assert refused.value.findings == (RANGE,)


def test_a_finding_to_acknowledge_needs_any_answer_and_an_informative_one_none() -> None:
    item = an_item(UNCODED, NOTE)

    with pytest.raises(Unanswered) as refused:
        check_decision(item, a_validation(), a_decider())

    assert refused.value.findings == (UNCODED,)
    assert check_decision(item, a_validation(answer(UNCODED)), a_decider()) is ItemState.VALIDATED


def test_findings_of_the_header_wait_for_an_answer_too() -> None:
    item = an_item().model_copy(update={"findings": (UNCODED,)})

    with pytest.raises(Unanswered):
        check_decision(item, a_validation(), a_decider())


def test_a_code_of_the_hospital_list_does_not_answer_in_a_community_pharmacy() -> None:
    wrong = answer(RANGE, problem="2", code_list=InterventionList.HOSPITAL)

    with pytest.raises(Refused, match=r"code_list must be sfpc-officine"):
        check_decision(an_item(RANGE), a_validation(wrong), a_decider())

    check_decision(
        an_item(RANGE), a_validation(wrong), a_decider(), code_list=InterventionList.HOSPITAL
    )


def test_an_answer_to_a_finding_that_is_not_there_is_refused() -> None:
    with pytest.raises(Refused, match="to no finding of this item"):
        check_decision(an_item(), a_validation(answer(RANGE, problem="2")), a_decider())


def test_a_line_that_cannot_be_computed_is_never_validated() -> None:
    item = an_item(RANGE, computable=False)
    answered = answer(RANGE, problem="2")

    with pytest.raises(Refused, match="L1 has no computable schedule"):
        check_decision(item, a_validation(answered), a_decider())

    refusing = a_validation(answered, lines=verdicts(first=LineVerdict.REFUSED))
    assert check_decision(item, refusing, a_decider()) is ItemState.VALIDATED


def test_every_line_needs_one_verdict() -> None:
    first, second = verdicts()
    stranger = LineDecision(line="L9", verdict=LineVerdict.VALIDATED)

    with pytest.raises(Refused, match="missing: L2"):
        check_decision(an_item(), a_validation(lines=(first,)), a_decider())
    with pytest.raises(Refused, match="L1 has two verdicts"):
        check_decision(an_item(), a_validation(lines=(first, second, first)), a_decider())
    with pytest.raises(Refused, match="L9 is not a line"):
        check_decision(an_item(), a_validation(lines=(first, second, stranger)), a_decider())


def test_an_adherence_result_has_no_line_and_needs_no_verdict() -> None:
    item = an_item().model_copy(update={"lines": ()})

    assert check_decision(item, a_validation(lines=()), a_decider()) is ItemState.VALIDATED


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        (DecisionKind.HOLD, ItemState.HELD),
        (DecisionKind.CLARIFY, ItemState.CLARIFICATION),
        (DecisionKind.REJECT, ItemState.REJECTED),
    ],
)
def test_another_decision_needs_its_reason_and_answers_nothing(
    kind: DecisionKind, after: ItemState
) -> None:
    item = an_item(RANGE, computable=False)

    with pytest.raises(Refused, match=f"{kind.value} needs a coded reason"):
        check_decision(item, a_request(kind, None), a_decider())
    with pytest.raises(Refused, match=f"{kind.value} takes one of"):
        check_decision(item, a_request(kind, "BECAUSE"), a_decider())

    assert check_decision(item, a_request(kind, "DOSE-UNPARSED"), a_decider()) is after


def test_a_reason_of_another_kind_of_decision_is_refused() -> None:
    with pytest.raises(Refused, match="hold takes one of"):
        check_decision(an_item(), a_request(DecisionKind.HOLD, "OUT-OF-SCOPE"), a_decider())


@pytest.mark.parametrize("comment", [None, "", "  "])
def test_the_reason_other_needs_words(comment: str | None) -> None:
    with pytest.raises(Refused, match="OTHER needs a comment"):
        check_decision(an_item(), a_request(DecisionKind.HOLD, "OTHER", comment), a_decider())


@pytest.mark.parametrize(
    "state",
    [ItemState.VALIDATED, ItemState.REJECTED, ItemState.SUPERSEDED, ItemState.CANCELLED],
    ids=str,
)
def test_what_was_decided_is_not_decided_again(state: ItemState) -> None:
    with pytest.raises(Refused, match="a correction is a new version"):
        check_decision(an_item(state=state), a_validation(), a_decider())


@pytest.mark.parametrize("state", [ItemState.HELD, ItemState.CLARIFICATION], ids=str)
def test_what_was_held_or_asked_about_can_be_validated(state: ItemState) -> None:
    assert check_decision(an_item(state=state), a_validation(), a_decider()) is ItemState.VALIDATED


def test_messages_carry_no_quoted_value() -> None:
    doubt = RANGE.model_copy(update={"quoted": "DOLIPRANE pour Mme EXEMPLE"})

    with pytest.raises(Unanswered) as refused:
        check_decision(an_item(doubt), a_validation(), a_decider())

    assert "EXEMPLE" not in str(refused.value)
