"""Into which parts a unit may be divided, by the words published of it and nothing else.

A score line is no proof that halves are equal: only *sécable* and *quadrisécable* in the name or
the form of the product count (Le Moniteur des pharmacies, 28/10/2023).
"""

import re

from schemas.reference import Divisibility

_WORDS = re.compile(r"(?P<non>\bnon[\s-]+|in)?(?P<into>quadri|tri|bi)?[\s-]?s[ée]cables?\b")
_INTO = {None: Divisibility.HALVES, "bi": Divisibility.HALVES, "quadri": Divisibility.QUARTERS}
"""Thirds are no parts that we know: nothing is said then."""


def divisibility_of(*texts: str) -> Divisibility | None:
    """The least that the words of the name and of the form allow; `None` when neither has any."""
    said = [_meant(found) for text in texts for found in _WORDS.finditer(text.casefold())]
    stated = [each for each in said if each is not None]
    return min(stated, key=list(Divisibility).index, default=None)


def _meant(found: re.Match[str]) -> Divisibility | None:
    if found["non"]:
        return Divisibility.WHOLE
    return _INTO.get(found["into"])
