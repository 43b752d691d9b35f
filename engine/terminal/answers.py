"""Reads the answers of a pharmacist from the command line.

`queue show` numbers the findings; `--answer 3=2/1` answers the third with problem 2 and
intervention 1 of the SFPC officine list, `--answer "3=2/1 prescriber called"` with a comment;
`--acknowledge 1,2` or `all` acknowledges what does not block; `--refuse 2` refuses line 2.
"""

import re
from collections.abc import Sequence

from schemas.decision import (
    Answer,
    Intervention,
    InterventionList,
    LineDecision,
    LineVerdict,
)
from schemas.errors import Refused
from schemas.finding import Finding, Severity

_ANSWER = re.compile(
    r"(?P<number>\d+)=(?P<problem>[\d.]+)/(?P<intervention>[\d.]+)"
    r"(?:/(?P<outcome>\d+))?(?:\s+(?P<comment>.+))?"
)
_REFUSAL = re.compile(r"(?P<line>\d+)(?:\s+(?P<comment>.+))?")


def answers(
    findings: Sequence[Finding], given: Sequence[str], acknowledged: str | None
) -> tuple[Answer, ...]:
    """The answers, by the numbers under which the findings were shown (from 1).

    Raises: `Refused` for a number that no finding has, or a shape that is no answer.
    """
    coded = tuple(_coded(findings, text) for text in given)
    named = {(answer.finding_code, answer.location) for answer in coded}
    return coded + tuple(
        Answer(finding_code=finding.code.value, location=finding.location)
        for finding in _acknowledged(findings, acknowledged)
        if (finding.code.value, finding.location) not in named
    )


def _coded(findings: Sequence[Finding], text: str) -> Answer:
    shape = _ANSWER.fullmatch(text.strip())
    if shape is None:
        raise Refused("answer: must be NUMBER=PROBLEM/INTERVENTION[/OUTCOME] [comment]")
    finding = _numbered(findings, shape["number"])
    return Answer(
        finding_code=finding.code.value,
        location=finding.location,
        intervention=Intervention(
            code_list=InterventionList.OFFICINE,
            problem=shape["problem"],
            intervention=shape["intervention"],
            outcome=shape["outcome"],
            comment=shape["comment"],
        ),
        comment=shape["comment"],
    )


def _acknowledged(findings: Sequence[Finding], listed: str | None) -> tuple[Finding, ...]:
    if listed is None:
        return ()
    if listed == "all":
        return tuple(each for each in findings if each.severity is Severity.ACKNOWLEDGE)
    return tuple(_numbered(findings, number) for number in listed.split(","))


def _numbered(findings: Sequence[Finding], number: str) -> Finding:
    if not number.strip().isdecimal() or not 1 <= int(number) <= len(findings):
        raise Refused(f"answer: there are findings 1 to {len(findings)}")
    return findings[int(number) - 1]


def verdicts(lines: int, refused: Sequence[str]) -> tuple[LineDecision, ...]:
    """A verdict on every line: those that are refused, and the others validated.

    Raises: `Refused` for a line that does not exist.
    """
    comments: dict[int, str | None] = {}
    for text in refused:
        shape = _REFUSAL.fullmatch(text.strip())
        if shape is None or not 1 <= int(shape["line"]) <= lines:
            raise Refused(f"refuse: there are lines 1 to {lines}")
        comments[int(shape["line"])] = shape["comment"]
    return tuple(
        LineDecision(
            line=str(rank),
            verdict=LineVerdict.REFUSED if rank in comments else LineVerdict.VALIDATED,
            comment=comments.get(rank),
        )
        for rank in range(1, lines + 1)
    )
