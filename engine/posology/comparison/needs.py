"""Words of need in the reason for a product, or in its name, beside intakes without a condition.

`si besoin` and `si douleur` are never packed (French texts, ANS e-prescription guide). A reason
as a noun (`douleur`) is why a product is taken, and no condition on an intake.
"""

import re
from collections.abc import Iterator

from engine.posology.comparison.difference import ADDS
from engine.posology.text.items import Kind
from engine.posology.text.lexicon import folded
from engine.posology.text.scanner import items_of
from schemas.finding import Finding
from schemas.posology import Phase
from schemas.prescription import Line

_NEED = re.compile(
    r"\b(?:si (?:besoin|necessaire|douleurs?|fievre)|en cas de (?:besoin|douleurs?|fievre|crise)"
    r"|a la demande|(?:as|if|when) (?:needed|required)|prn|bei bedarf|zo ?nodig)\b"
)


def of_needs(line: Line) -> tuple[Finding, ...]:
    """A condition in the indication or the product's name, where no phase is as needed.

    The indication may begin with one (`en cas d'insomnie`) or name a need; the name only the
    latter. Nothing where the posology has no fixed intake at all.
    """
    phases = line.posology.phases
    if any(phase.as_needed for phase in phases) or not any(map(_plans, phases)):
        return ()
    return tuple(
        Finding(code=ADDS, location=f"{line.location}.{place}", message=rule, quoted=words)
        for place, words, rule in _conditions(line)
    )


def _conditions(line: Line) -> Iterator[tuple[str, str, str]]:
    indication = line.indication
    if indication and (_NEED.search(folded(indication)) or _begins_with_condition(indication)):
        rule = "the indication is a condition and no intake is as needed"
        yield "indication", indication, rule
    names = [line.product.text, *(code.display for code in line.product.codes)]
    named = next((name for name in names if name and _NEED.search(folded(name))), None)
    if named is not None:
        yield "product", named, "the product's name says as needed and no intake is"


def _begins_with_condition(words: str) -> bool:
    return next((item.kind for item in items_of(words)), None) is Kind.AS_NEEDED


def _plans(phase: Phase) -> bool:
    """Whether the phase states when, or how much: words alone have nothing to add to."""
    bare = Phase(location="")
    return (phase.rhythm, phase.times, phase.dose) != (bare.rhythm, bare.times, bare.dose)
