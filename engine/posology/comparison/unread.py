"""What a text reader left unread, weighed against a structure: by its words, never by its sense.

Words that may change the plan block; a choice of words that cannot only asks to be looked at.
"""

from collections.abc import Sequence, Set

from engine.posology.text.items import Kind
from engine.posology.text.lexicon import folded, words_of
from engine.posology.text.scanner import items_of
from schemas.finding import FindingCode
from schemas.posology import Limits, Phase, Weekday

CONTRADICTS, ADDS, UNREAD = (
    FindingCode.TEXT_CONTRADICTS,
    FindingCode.TEXT_ADDS,
    FindingCode.TEXT_UNREAD,
)
Difference = tuple[FindingCode, str]
_STOPS = frozenset({"et", "puis", "then", "stop", "arret", "arreter"})
_NEVER = frozenset({"pas", "jamais", "not", "never"})
_JOINTS = frozenset({"et", "and", "le", "les", "the", "on", ","})


def of_unread(said: str, stated: Sequence[Phase]) -> Difference | None:
    """What was not understood weighs by its words: an end or a number more than a choice."""
    kinds = {words_of("triggers").get(word) for word in _words(said)} - {None}
    limited = any(one.limits != Limits() for one in stated)
    bounded = any(one.bounds.end or one.bounds.duration for one in stated)
    if _is_exception(said):
        rule = "the text names days without, and the structure does not leave out the same"
        return None if _are_left_out(said, stated) else (ADDS, rule)
    if (limited and _is_ceiling(said, kinds)) or (bounded and _is_only_stop(said)):
        return None
    if "open" in kinds:
        return (CONTRADICTS, "the text gives no end and the structure one") if bounded else None
    forms = [item.kind for item in items_of(said)]
    if forms == [Kind.RENEWAL]:
        return UNREAD, "the text names renewals, and each is a delivery of its own"
    if not kinds and forms == [Kind.SEPARATION]:
        return UNREAD, "the text asks for a time between this medicine and another"
    mild = kinds <= {"choice", "elsewhere"} and not any(letter.isdigit() for letter in said)
    if mild:
        return UNREAD, "words of the text could not be compared with the structure"
    return ADDS, "the text says something that may change the plan and that was not read"


def _is_ceiling(said: str, kinds: Set[str | None]) -> bool:
    """`max 4/j`, `espacés d'au moins 4 heures`: what the limits of the structure say."""
    return kinds == {"ceiling"} or (
        not kinds and {item.kind for item in items_of(said)} == {Kind.CEILING}
    )


def _is_exception(said: str) -> bool:
    first = folded(said).split(" ")[0]
    return first in _NEVER or words_of("triggers").get(first) == "exception"


def _are_left_out(said: str, stated: Sequence[Phase]) -> bool:
    """`sauf samedi et dimanche`: whether these are the days that the structure does not name."""
    rest = folded(said).partition(" ")[2]
    items = items_of(rest.replace("week-end", "samedi dimanche").replace("weekend", "sat sun"))
    days = {day for item in items for day in item.weekdays}
    others = [folded(item.said) for item in items if item.kind is not Kind.WEEKDAY]
    named = {day for one in stated for day in one.rhythm.weekdays}
    return bool(named) and days == set(Weekday) - named and set(others) <= _JOINTS


def _is_only_stop(said: str) -> bool:
    """`puis arrêt`, `then stop`: the end that the structure has."""
    words = folded(said).split()
    return bool(words) and all(word in _STOPS for word in words)


def _words(said: str) -> set[str]:
    words = {folded(item.said) for item in items_of(said)} | set(folded(said).split())
    return words | {part for word in words for part in word.split("'")}
