"""What was expected and recorded for one patient, line by line, with all that defines it."""

from collections import Counter
from collections.abc import Iterable, Sequence

from engine.adherence.definition import DEFAULT
from engine.adherence.measure import measure, ratio
from engine.adherence.report import Report
from engine.adherence.window import LineInput, Window
from schemas.adherence import AdherenceResult, Definition, Fraction, LineAdherence
from schemas.finding import Finding, FindingCode


def adherence(
    lines: Sequence[LineInput],
    window: Window,
    *,
    patient: str,
    definition: Definition = DEFAULT,
    strays: Iterable[Report] = (),
) -> AdherenceResult:
    """The result for one patient; the same inputs in any order give the same bytes.

    `lines` are validated lines only. `strays` are reports of the patient that belong to none of
    them, or to nobody knows which: they count nowhere, and each is a finding.
    """
    measured = [
        measure(line, window, definition) for line in sorted(lines, key=lambda line: line.line)
    ]
    lost = sorted({report.id: report for report in strays}.values(), key=lambda report: report.id)
    used = [report for one in measured for report in one.used]
    figures = tuple(one.figures for one in measured)
    return AdherenceResult(
        definition=definition,
        patient=patient,
        zone=window.zone,
        first=window.first,
        last=window.last,
        computed_until=window.until,
        unmonitored=tuple(sorted(window.unmonitored, key=lambda p: (p.first, p.last, p.reason))),
        lines=figures,
        all_lines_correct=all_lines_correct(figures),
        sources=dict(sorted(Counter(report.role.value for report in used).items())),
        intakes=_ids(lines, lost),
        findings=tuple(_unknown_line(report) for report in lost),
    )


def all_lines_correct(lines: Sequence[LineAdherence]) -> Fraction | None:
    """Of the monitored days on which any line expected an intake, those with every line right.

    Right is exactly the number expected, zero on a day off of that line.
    """
    by_day = list(zip(*(line.days for line in lines), strict=True))
    asked = [day for day in by_day if day[0].monitored and any(count.expected for count in day)]
    right = sum(all(count.taken == count.expected for count in day) for day in asked)
    return ratio(right, len(asked))


def _ids(lines: Iterable[LineInput], strays: Iterable[Report]) -> tuple[str, ...]:
    """Every report that was given, counted or not: with the definition, the whole input."""
    given = {report.id for line in lines for report in line.reports}
    return tuple(sorted(given | {report.id for report in strays}))


def _unknown_line(report: Report) -> Finding:
    return Finding(
        code=FindingCode.INTAKE_LINE_UNKNOWN,
        location=f"intake/{report.id}",
        message="line: the report must belong to one validated line of the patient; "
        "it counts nowhere",
    )
