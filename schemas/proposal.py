"""What a posology text seems to say: read for comparison, never made into a schedule."""

from schemas.base import Value
from schemas.posology import Phase
from schemas.quantity import Strength


class Proposal(Value):
    """One text as phases, with the words that were not understood.

    `phases` is empty when nothing was understood. `unread` holds each stretch of the text that
    no phase accounts for and that may matter (a number, a unit, a day, *si*, *jusqu'à*,
    *sauf*, *puis*, *ou*, *max*), word for word. `several` holds the other readings when the
    text can be read in more than one way. `strengths` are those that the words themselves name:
    *2 comprimés de 500 mg*.
    """

    text: str
    phases: tuple[Phase, ...] = ()
    unread: tuple[str, ...] = ()
    several: tuple[tuple[Phase, ...], ...] = ()
    strengths: tuple[Strength, ...] = ()
