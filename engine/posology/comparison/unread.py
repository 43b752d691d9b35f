"""What a text reader left unread, weighed against a structure: by its words, never by its sense.

Words that may change the plan block; a choice of words that cannot only asks to be looked at.
"""

import re
from collections.abc import Sequence, Set
from datetime import timedelta
from decimal import Decimal

from engine.posology.comparison.amounts import Strengths, measures
from engine.posology.comparison.bounds import day_stated
from engine.posology.comparison.ceilings import is_within
from engine.posology.comparison.difference import ADDS, CONTRADICTS, UNREAD, Difference
from engine.posology.comparison.doses import of_a_day
from engine.posology.comparison.rates import of_rate
from engine.posology.text.dates import day_of
from engine.posology.text.forms import unit_of
from engine.posology.text.items import Item, Kind
from engine.posology.text.leftover import kind_of_word
from engine.posology.text.lexicon import folded, number_of, number_pattern
from engine.posology.text.scanner import items_of
from schemas.posology import Dose, Phase, Weekday
from schemas.quantity import PeriodUnit

_STOPS = frozenset({"et", "puis", "then", "stop", "arret", "arreter"})
_NEVER = frozenset({"pas", "plus", "jamais", "not", "never", "don't"})
_JOINTS = frozenset({"et", "and", "le", "les", "the", "on", ","})
_SINGLE = frozenset({"once", "unique", "fois"})
_COUNTED = re.compile(r"(?:for )?(\d+) (?:cycles?|cures?|doses?|intakes?|prises?)")
_ARTICLES = frozenset({"un", "une", "one"})
_SINGLE_FORMS = frozenset(
    (Kind.RATE, Kind.OF_A_DAY, Kind.SOME_DAYS, Kind.COMPOUND, Kind.ANCHOR, Kind.RENEWAL)
)
_MILD = frozenset(("choice", "elsewhere", "dose_units", "hours"))
_LONG = frozenset((PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH, PeriodUnit.YEAR))
_PLAIN: Difference = (UNREAD, "words of the text could not be compared with the structure")
_MORE: Difference = (
    ADDS,
    "the text says something that may change the plan and that was not read",
)


def of_unread(said: str, stated: Sequence[Phase], strengths: Strengths = ()) -> Difference | None:
    """What was not understood weighs by its words: an end or a number more than a choice.

    `strengths` are those of the product: a figure of it says nothing of how it is taken.
    """
    items = items_of(said)
    kinds = _kinds(said, items)
    bounded = any(one.bounds.end or one.bounds.duration for one in stated)
    if _is_exception(said):
        rule = "the text names days without, and the structure does not leave out the same"
        return None if spares_days(said, stated) else (ADDS, rule)
    if (_is_ceiling(items, kinds) and is_within(said, stated)) or (bounded and _is_only_stop(said)):
        return None
    if _is_count(said, kinds, stated) or _is_the_dose(said, stated):
        return None
    forms = [item.kind for item in items]
    if "open" in kinds or Kind.OPEN in forms:
        return (CONTRADICTS, "the text gives no end and the structure one") if bounded else None
    if len(forms) == 1 and forms[0] in _SINGLE_FORMS:
        return _of_form(items[0], stated, strengths)
    if kinds <= {"hours"} and forms == [Kind.SEPARATION]:
        return UNREAD, "the text asks for a time between this medicine and another"
    return _by_words(items, kinds, stated)


def _of_form(item: Item, stated: Sequence[Phase], strengths: Strengths) -> Difference | None:
    """One form of the text, whole and alone."""
    match item.kind:
        case Kind.RATE if item.strength is not None:
            return of_rate(item.strength, stated, strengths)
        case Kind.RATE:
            return None if _is_of_body(item.said, stated) else _MORE
        case Kind.OF_A_DAY if item.dose is not None:
            return of_a_day(item.dose, stated, strengths)
        case Kind.SOME_DAYS:
            return None if spares_days(item.said, stated) else _MORE
        case Kind.COMPOUND if any(one.dose and _measures(one.dose) for one in stated):
            return _MORE
        case Kind.COMPOUND:
            rule = "the text names amounts of several substances, and the structure counts units"
            return UNREAD, rule
        case Kind.ANCHOR:
            return _of_anchor(item.said, stated)
        case _:
            return UNREAD, "the text names renewals, and each is a delivery of its own"


def _has_so_many_days(said: str, stated: Sequence[Phase]) -> bool:
    """`5 jours sur 7`: whether the structure names as many weekdays, or as many days a week."""
    on, *rest = (number_of(found) for found in re.findall(number_pattern(), folded(said)))
    turn = rest[0] if rest else Decimal(len(Weekday))
    days = {Decimal(len(one.rhythm.weekdays)) for one in stated if one.rhythm.weekdays}
    for one in stated:
        cycle, frequency = one.rhythm.cycle, one.rhythm.frequency
        if frequency and frequency.unit is PeriodUnit.WEEK and frequency.period == 1:
            days.add(Decimal(frequency.times or 0))
        if cycle is not None and Decimal(cycle.days_on + cycle.days_off) == turn:
            days.add(Decimal(cycle.days_on))
    return turn == len(Weekday) and days == {on}


def _by_words(items: Sequence[Item], kinds: Set[str], stated: Sequence[Phase]) -> Difference | None:
    numbered = any(_is_number(item) for item in items)
    if numbered or not kinds <= _MILD:
        ordered = kinds == {"order"} and any(one.sequence is not None for one in stated)
        return None if ordered and not numbered else _MORE
    if kinds == {"choice"} and len(items) == 1:
        return ADDS, "the text gives a choice between two times or amounts"
    return None if kinds == {"dose_units"} else _PLAIN


def spares_days(said: str, stated: Sequence[Phase]) -> bool:
    """`sauf samedi et dimanche`: whether these are the days that the structure does not name.

    `5 jours sur 7` leaves out as many, whichever they are.
    """
    if not _is_exception(said):
        return [item.kind for item in items_of(said)] == [Kind.SOME_DAYS] and _has_so_many_days(
            said, stated
        )
    rest = folded(said).partition(" ")[2]
    items = items_of(rest.replace("week-end", "samedi dimanche").replace("weekend", "sat sun"))
    days = {day for item in items for day in item.weekdays}
    others = [folded(item.said) for item in items if item.kind is not Kind.WEEKDAY]
    named = {day for one in stated for day in one.rhythm.weekdays}
    return bool(named) and days == set(Weekday) - named and set(others) <= _JOINTS


def _is_of_body(said: str, stated: Sequence[Phase]) -> bool:
    """`1250 mg/m²`: the amount by weight or surface that the structure states too."""
    amounts = [one.dose.low for one in stated if one.dose and one.dose.per_body]
    found = re.match(number_pattern(), folded(said))
    number = number_of(found[0]) if found else None
    return any(amount is not None and amount.value == number for amount in amounts)


def _measures(dose: Dose) -> bool:
    return any(end is not None and measures(end) for end in (dose.low, dose.high))


def _of_anchor(said: str, stated: Sequence[Phase]) -> Difference | None:
    """`Semaines comptées à partir du 02/03/2026`: the start is on a day of that count."""
    day, days = day_of(said), 7 if folded(said).startswith("semaines") else 1
    for phase in stated:
        frequency, start = phase.rhythm.frequency, phase.bounds.start
        if day is None or frequency is None or not frequency.period or start is None:
            return ADDS, "the text says from when days are counted and the structure does not"
        first = day_stated(start)
        monday = first - timedelta(days=first.weekday())
        apart = ((monday if days > 1 else first) - day).days
        if Decimal(apart) % (days * frequency.period):
            return CONTRADICTS, "the text counts days from another one than the structure"
    return None


def _is_ceiling(items: Sequence[Item], kinds: Set[str]) -> bool:
    """`max 4/j`, `espacés d'au moins 4 heures`: what the limits of the structure say."""
    return "ceiling" in kinds or {item.kind for item in items} == {Kind.CEILING}


def _is_exception(said: str) -> bool:
    """`sauf le dimanche`, `pas le lundi`, `do not take`; not `ne pas dépasser`."""
    words = folded(said).split()
    never = bool(_NEVER & set(words[:2])) and "ceiling" not in map(kind_of_word, words)
    return never or kind_of_word(words[0] if words else "") == "exception"


def _is_only_stop(said: str) -> bool:
    """`puis arrêt`, `then stop`: the end that the structure has."""
    words = folded(said).split()
    return bool(words) and all(word in _STOPS for word in words)


def _is_count(said: str, kinds: Set[str], stated: Sequence[Phase]) -> bool:
    """`once`, `dose unique`, `16 cycles`: the number of intakes that the structure counts."""
    counts = {one.bounds.count for one in stated}
    if (
        "end" in kinds
        and kinds <= {"end", "dose_units"}
        and _SINGLE & {word.strip(".,") for word in folded(said).split()}
    ):
        return counts == {1}
    found = _COUNTED.fullmatch(folded(said))
    return found is not None and counts == {number_of(found[1])}


def _is_the_dose(said: str, stated: Sequence[Phase]) -> bool:
    """`5 AUC`: the amount of the structure, in a unit that no table knows."""
    lows = [one.dose.low for one in stated if one.dose and one.dose.low]
    amounts = {f"{low.value.normalize():f}{low.unit or ''}" for low in lows if low.unit}
    return "".join(folded(said).split()) in {"".join(folded(one).split()) for one in amounts}


def _is_number(item: Item) -> bool:
    word = folded(item.said)
    spelt = item.kind is Kind.NUMBER and word not in _ARTICLES
    return spelt or any(letter.isnumeric() for letter in word)


def _kinds(said: str, items: Sequence[Item]) -> set[str]:
    words = {folded(item.said) for item in items} | set(folded(said).split())
    parts = {part for word in words for part in (word, *word.split("'"))}
    found = {kind for part in parts if (kind := kind_of_word(part)) is not None}
    if "time_units" in found:
        long = any(unit_of(part) in _LONG for part in parts if kind_of_word(part) == "time_units")
        found = (found - {"time_units"}) | {"days" if long else "hours"}
    return found
