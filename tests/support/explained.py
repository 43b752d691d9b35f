"""One line of a message that is clean but for an example, and its doses as short words."""

from datetime import date

from engine.pipeline.explain import explain
from schemas.explanation import ExplainedLine

MIDNIGHT = "2026-03-02T00:00:00+01:00"
"""A Monday."""


def explained_line(
    data: bytes, format_name: str, *, first: date, days: int, site: str = "reference"
) -> ExplainedLine:
    """The one line of a message, explained; the prescription itself must raise no doubt."""
    explanation = explain(
        data,
        format_name=format_name,
        site=site,
        first=first,
        days=days,
        today=date(2026, 3, 1),
    )
    (prescription,) = explanation.prescriptions
    assert [found.code.value for found in prescription.findings if found.blocks] == []
    (line,) = prescription.lines
    return line


def dated(line: ExplainedLine) -> list[str]:
    """The planned doses as `MM-DD HH:MM MOMENT quantity`; a line that blocks plans none."""
    assert not (line.planned and any(finding.blocks for finding in line.findings))
    found = []
    for intake in line.planned:
        assert intake.quantity is not None
        parts = (f"{intake.due_at:%m-%d %H:%M}", intake.moment, format(intake.quantity.value, "f"))
        found.append(" ".join(part for part in parts if part))
    return found


def blocked(line: ExplainedLine) -> list[str]:
    """The codes that block a line, which then plans nothing."""
    assert line.planned == ()
    return [finding.code.value for finding in line.findings if finding.blocks]
