import pytest

from engine.validation.answers import outstanding
from engine.validation.interventions import (
    check_intervention,
    interventions,
    outcomes,
    problems,
)
from schemas.decision import Answer, Intervention, InterventionList
from schemas.errors import Refused
from schemas.finding import Finding, FindingCode

OFFICINE, HOSPITAL = InterventionList.OFFICINE, InterventionList.HOSPITAL


def an_intervention(
    problem: str = "2",
    intervention: str = "1",
    outcome: str | None = None,
    code_list: InterventionList = OFFICINE,
) -> Intervention:
    return Intervention(
        code_list=code_list, problem=problem, intervention=intervention, outcome=outcome
    )


@pytest.mark.parametrize("code_list", InterventionList, ids=str)
def test_every_code_of_a_list_passes_with_that_list(code_list: InterventionList) -> None:
    for problem in problems(code_list).rows:
        for intervention in interventions(code_list).rows:
            for outcome in (None, *outcomes(code_list).rows):
                given = an_intervention(problem, intervention, outcome, code_list)
                check_intervention(given, code_list)


@pytest.mark.parametrize(("given", "expected"), [(OFFICINE, HOSPITAL), (HOSPITAL, OFFICINE)])
def test_the_same_number_of_the_other_list_is_refused(
    given: InterventionList, expected: InterventionList
) -> None:
    with pytest.raises(Refused, match="the lists number differently"):
        check_intervention(an_intervention(code_list=given), expected)


def test_a_problem_that_only_hospitals_number_is_refused_in_the_officine() -> None:
    check_intervention(an_intervention(problem="6.1", code_list=HOSPITAL), HOSPITAL)

    with pytest.raises(Refused, match=r"intervention\.problem is not a code of sfpc-officine"):
        check_intervention(an_intervention(problem="6.1"))
    with pytest.raises(Refused, match=r"intervention\.problem is not a code of sfpc-hospital"):
        check_intervention(an_intervention(problem="11", code_list=HOSPITAL), HOSPITAL)


def test_unknown_interventions_and_outcomes_are_refused() -> None:
    with pytest.raises(Refused, match=r"intervention\.intervention is not a code"):
        check_intervention(an_intervention(intervention="8"))
    with pytest.raises(Refused, match=r"intervention\.outcome is not a code"):
        check_intervention(an_intervention(outcome="8"))


def test_an_outcome_without_a_problem_is_refused() -> None:
    with pytest.raises(Refused, match="outcome needs a problem"):
        check_intervention(an_intervention(problem="", outcome="1"))
    with pytest.raises(Refused, match=r"intervention\.problem is missing"):
        check_intervention(an_intervention(problem=""))


def test_an_answer_counts_for_its_own_code_and_place_only() -> None:
    here = Finding(code=FindingCode.DOSE_RANGE, location="line[1]", message="dose: a range")
    there = Finding(code=FindingCode.DOSE_RANGE, location="line[2]", message="dose: a range")
    given = Answer(finding_code="dose-range", location="line[1]", intervention=an_intervention())

    assert outstanding((here, there), (given,)) == (there,)


def test_a_wrong_code_answers_nothing() -> None:
    finding = Finding(code=FindingCode.DOSE_RANGE, location="line[1]", message="dose: a range")
    given = Answer(
        finding_code="dose-range", location="line[1]", intervention=an_intervention(problem="12")
    )

    assert outstanding((finding,), (given,)) == (finding,)
