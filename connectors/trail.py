"""The trail of a reading: which place of the source gave which value, and what was not used."""

from schemas.connector import SourceValue


class Trail:
    """Collects, while a message is read, every value met and what it became.

    A place is first `met` (by walking the whole source), then `used` when a field takes it.
    What was met and never used is reported as unused, so nothing is dropped in silence.
    """

    __slots__ = ("_given", "_values")

    def __init__(self) -> None:
        self._values: dict[str, str] = {}
        self._given: dict[str, str] = {}

    def met(self, location: str, value: str) -> None:
        """The source has this value at this place."""
        self._values[location] = value

    def used(self, location: str, gives: str) -> None:
        """The value at this place became the field `gives` (the first field is kept)."""
        self._given.setdefault(location, gives)

    def is_used(self, location: str) -> bool:
        """Whether a field took the value at this place."""
        return location in self._given

    def sources(self) -> tuple[SourceValue, ...]:
        """Every value met, in the order of the source, with the field it gave or `None`."""
        given = self._given
        return tuple(
            SourceValue(location, value, given.get(location))
            for location, value in self._values.items()
        )
