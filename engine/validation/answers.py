"""Which findings still wait for an answer."""

from collections.abc import Iterable, Sequence

from engine.validation.interventions import fault
from schemas.decision import Answer, InterventionList
from schemas.finding import Finding, Severity


def outstanding(
    findings: Iterable[Finding],
    answers: Sequence[Answer],
    code_list: InterventionList = InterventionList.OFFICINE,
) -> tuple[Finding, ...]:
    """The findings that nobody has answered yet, in the order given.

    A blocking finding is answered by a problem and an intervention of `code_list`; one to
    acknowledge by any answer that names its code and location; an informative one needs none.
    """
    return tuple(finding for finding in findings if not _is_answered(finding, answers, code_list))


def _is_answered(finding: Finding, answers: Sequence[Answer], code_list: InterventionList) -> bool:
    given = [answer for answer in answers if names(answer, finding)]
    match finding.severity:
        case Severity.INFO:
            return True
        case Severity.ACKNOWLEDGE:
            return bool(given)
        case Severity.BLOCKING:
            return any(
                answer.intervention is not None and fault(answer.intervention, code_list) is None
                for answer in given
            )


def names(answer: Answer, finding: Finding) -> bool:
    """Whether the answer is to this finding: same code, same location."""
    return answer.finding_code == finding.code and answer.location == finding.location
