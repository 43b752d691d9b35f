"""Words that a sender puts beside a posology, where they are compared with it."""

from collections.abc import Iterable

from schemas.posology import Posology


def with_remarks(posology: Posology, remarks: Iterable[str]) -> Posology:
    """The posology with these words among the instructions of every phase, each once.

    A note of the line may hold a condition, a day or another dose ("only on Mondays"). As an
    instruction it is compared with the structure, and shown with every intake.
    """
    said = tuple(dict.fromkeys(words for words in remarks if words.strip()))
    if not said:
        return posology
    phases = tuple(
        phase.model_copy(update={"instructions": _joined(phase.instructions, said)})
        for phase in posology.phases
    )
    return posology.model_copy(update={"phases": phases})


def _joined(stated: tuple[str, ...], said: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(dict.fromkeys((*stated, *said)))
