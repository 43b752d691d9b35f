"""A reading of an earlier version of a line: offered again for the same text, else dropped."""

from engine.posology.offer.offer import text_of
from engine.store import interpretations
from engine.store.unit import Unit
from schemas.assessment import AssessedLine, AssessedPrescription
from schemas.canonical import sha256
from schemas.finding import Finding, FindingCode
from schemas.offer import Interpretation
from schemas.posology import Phase
from schemas.prescription import Line

EARLIER = frozenset({FindingCode.INTERPRETATION_EARLIER, FindingCode.INTERPRETATION_DROPPED})


def line_key(line: Line) -> str:
    """What other messages call the line; else its place, which they may give to another."""
    return line.identifier or line.location


def source_text(line: Line) -> str:
    """All that a line says in words."""
    return text_of(line.posology, (line.text,) if line.text else ())


def is_text_only(assessed: AssessedLine) -> bool:
    """Whether the sender stated the posology in words alone, in every phase of the line."""
    codes = {finding.code for finding in assessed.findings}
    phases = assessed.line.posology.phases
    return FindingCode.POSOLOGY_TEXT_ONLY in codes and all(map(_is_in_words, phases))


def _is_in_words(phase: Phase) -> bool:
    """No structure but bounds and limits. What its reader doubts of it stays, and is decided on."""
    empty = Phase(location="")
    structure = (phase.rhythm, phase.times, phase.timing_code, phase.dose, phase.as_needed)
    return structure == (
        empty.rhythm,
        empty.times,
        empty.timing_code,
        empty.dose,
        empty.as_needed,
    )


def recalled(
    unit: Unit,
    assessed: AssessedPrescription,
    group_key: str,
    before: AssessedPrescription | None,
) -> AssessedPrescription:
    """The new version with a finding at each line whose text a pharmacist read before.

    `before` is the version that the new one follows. A reading is never applied by itself.
    """
    read = {line_key(one.line) for one in before.lines if one.interpretation} if before else set()
    if before is None or not (read or any(map(is_text_only, assessed.lines))):
        return assessed
    known = interpretations.newest_of_group(unit, group_key)
    return assessed.model_copy(
        update={"lines": tuple(_recalled(line, known, read) for line in assessed.lines)}
    )


def _recalled(
    assessed: AssessedLine, known: dict[str, Interpretation], read: set[str]
) -> AssessedLine:
    line = assessed.line
    earlier = known.get(line_key(line))
    if earlier is None or not (is_text_only(assessed) or line_key(line) in read):
        return assessed
    same = sha256(source_text(line).encode()) == earlier.answers.text_sha256
    offered = same and is_text_only(assessed)
    found = Finding(
        code=(
            FindingCode.INTERPRETATION_EARLIER if offered else FindingCode.INTERPRETATION_DROPPED
        ),
        location=line.location,
        message=f"interpretation {earlier.id} of {earlier.interpreted_at:%Y-%m-%d}"
        + (": the text is the same" if offered else ": what was read is no longer what is sent"),
    )
    return assessed.model_copy(update={"findings": (*assessed.findings, found)})
