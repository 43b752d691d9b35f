"""What a review found, and how one version of a prescription differs from another."""

from enum import StrEnum

from schemas.base import Value
from schemas.finding import Finding


class Review(Value):
    """The doubts of a review: `lines[i]` belong to `prescription.lines[i]` of what was reviewed.

    `prescription` are those of the header. Doubts that a reader or the schedule had already
    given are not here again.
    """

    lines: tuple[tuple[Finding, ...], ...] = ()
    prescription: tuple[Finding, ...] = ()


class ChangeKind(StrEnum):
    """What became of a line between two versions."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


class FieldChange(Value):
    """One field that differs. `field` is its path in the line (`posology.phases[1].dose.low`).

    `None` means that the version says nothing there.
    """

    field: str
    old: str | None
    new: str | None


class LineChange(Value):
    """One line that differs. `fields` is empty unless the line is `CHANGED`.

    `line` is the sender's identifier, `product` the label for people: of the new version, or
    of the old one for a line that was removed. The locations are those of each version.
    """

    kind: ChangeKind
    line: str | None
    product: str
    old_location: str | None = None
    new_location: str | None = None
    fields: tuple[FieldChange, ...] = ()
