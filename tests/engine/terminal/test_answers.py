"""Answers typed on the command line become answers to exactly the findings shown."""

import pytest

from engine.terminal.answers import answers, verdicts
from schemas.decision import InterventionList, LineVerdict
from schemas.errors import Refused
from schemas.finding import Finding, FindingCode

FINDINGS = [
    Finding(code=FindingCode.DOSE_RANGE, location="a", message="x"),
    Finding(code=FindingCode.DISTRIBUTION_USED, location="b", message="x"),
    Finding(code=FindingCode.AS_NEEDED, location="c", message="x"),
]


def test_a_coded_answer_names_the_finding_by_its_number() -> None:
    [answer] = answers(FINDINGS, ["1=2/1 prescriber called"], None)

    assert (answer.finding_code, answer.location) == ("dose-range", "a")
    assert answer.intervention is not None
    assert answer.intervention.code_list is InterventionList.OFFICINE
    assert (answer.intervention.problem, answer.intervention.intervention) == ("2", "1")
    assert answer.comment == "prescriber called"


def test_all_acknowledges_what_is_to_acknowledge_and_nothing_that_blocks() -> None:
    assert [answer.location for answer in answers(FINDINGS, [], "all")] == ["b"]


@pytest.mark.parametrize("given", ["1", "1=2", "x=2/1", "4=2/1", "0=2/1"])
def test_what_is_no_answer_is_refused(given: str) -> None:
    with pytest.raises(Refused, match="answer:"):
        answers(FINDINGS, [given], None)


def test_every_line_gets_a_verdict() -> None:
    found = verdicts(3, ["2 not available"])

    assert [each.verdict for each in found] == [
        LineVerdict.VALIDATED,
        LineVerdict.REFUSED,
        LineVerdict.VALIDATED,
    ]
    assert found[1].comment == "not available"


@pytest.mark.parametrize("given", ["4", "0", "x"])
def test_a_line_that_does_not_exist_cannot_be_refused(given: str) -> None:
    with pytest.raises(Refused, match="refuse:"):
        verdicts(3, [given])
