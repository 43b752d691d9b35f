"""The doubts of one file of bytes: bounded, so that a broken file does not fill the memory."""

from collections import Counter

from schemas.finding import Finding, FindingCode

MOST_PLACES = 20
"""Places that one rule is said of; the last one counts those that are left out."""
_LONGEST = 200
"""Characters of a quotation."""


class Doubts:
    """Collects findings. One rule is said of its first places only."""

    def __init__(self) -> None:
        self._found: list[Finding] = []
        self._places: Counter[str] = Counter()
        self._last: dict[str, int] = {}

    def say(
        self, code: FindingCode, location: str, message: str, quoted: str | None = None
    ) -> None:
        """One finding about a place, unless the rule was said of enough others."""
        self._places[message] += 1
        if self._places[message] > MOST_PLACES:
            return
        self._last[message] = len(self._found)
        words = quoted[:_LONGEST] if quoted else quoted
        self._found.append(Finding(code=code, location=location, message=message, quoted=words))

    def findings(self) -> tuple[Finding, ...]:
        """All of them, in the order in which they were said."""
        told = list(self._found)
        for message, at in self._last.items():
            more = self._places[message] - MOST_PLACES
            if more > 0:
                words = f"{message} (and {more} more)"
                told[at] = told[at].model_copy(update={"message": words})
        return tuple(told)
