"""How often: the structured frequency, the site's meaning of a local one, and the default."""

import re
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import TypeVar

from connectors.pn13 import values
from connectors.pn13.posology.local import FREQUENCIES, NO_TIMES, coding_of, meaning_of
from connectors.pn13.tree import Cursor, Value, folded
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.posology import Frequency, Rhythm, Times, Weekday
from schemas.quantity import PeriodUnit

_FILTERS = "frq_filtreval_"
_Number = TypeVar("_Number", int, Decimal)


@dataclass(frozen=True, slots=True)
class Pace:
    """The rhythm, and the times of day that a local frequency may carry.

    `stated` is false when the message has no frequency at all, readable or not.
    """

    rhythm: Rhythm
    times: Times = NO_TIMES
    code: Coding | None = None
    words: tuple[str, ...] = ()
    stated: bool = True


DAILY = Rhythm(frequency=Frequency(times=1, period=Decimal(1), unit=PeriodUnit.DAY))
"""The default of the ConceptMap for a posology with no frequency and no moment."""


def read_pace(posology: Cursor) -> Pace:
    """The frequency as stated; the structured one wins, a local one needs the site's table."""
    structured = posology.child("Fréquence_structurée")
    local = posology.child("Fréquence")
    if structured is not None and next(structured.unread(), None) is not None:
        pace = _structured(structured)
        return _together(local, pace) if local is not None and local.text else pace
    return _local(local) if local is not None and local.text else Pace(Rhythm(), stated=False)


def _structured(at: Cursor) -> Pace:
    """`Frq_multiplicité` times in each `Frq_durée` of `Frq_échelle`; both are 1 when absent,
    unless a filter says which days, in which case nothing stands in for them.
    """
    said = at.take("Frq_libellé", gives="phase.text")
    filters = [one for one in _below(at) if folded(one.name).startswith(_FILTERS) and one.text]
    unit = _scale(at)
    period = at.take("Frq_durée", gives="rhythm.frequency.period")
    times = at.take("Frq_multiplicité", gives="rhythm.frequency.times")
    frequency = None
    if period or times or not filters:
        default = None if filters else 1
        frequency = Frequency(
            times=_above_zero(at, times, values.whole(at, times)) if times else default,
            period=_above_zero(at, period, values.number(at, period))
            if period
            else _decimal(default),
            unit=unit,
        )
    rhythm = Rhythm(
        frequency=frequency,
        weekdays=tuple(_weekdays(filters)),
        month_days=tuple(_month_days(filters)),
    )
    _check_scale(at, rhythm, unit)
    return Pace(rhythm=rhythm, words=(said.text,) if said else ())


def _check_scale(at: Cursor, rhythm: Rhythm, unit: PeriodUnit | None) -> None:
    """A filter that stands alone names days of the scale: each of them is meant only where the
    scale is their own period or the day.
    """
    own = {PeriodUnit.WEEK} if rhythm.weekdays else set()
    own |= {PeriodUnit.MONTH} if rhythm.month_days else set()
    if rhythm.frequency is None and own and unit not in {None, PeriodUnit.DAY, *own}:
        at.doubt(
            FindingCode.FREQUENCY_AMBIGUOUS,
            "Frq_échelle is not the period whose days Frq_filtre names",
        )


def _above_zero(at: Cursor, stated: Value, number: _Number | None) -> _Number | None:
    if number is None or number > 0:
        return number
    rule = "a frequency needs a number above zero"
    at.notebook.doubt(FindingCode.VALUE_INVALID, stated.place, rule, stated.text)
    return None


def _decimal(number: int | None) -> Decimal | None:
    return None if number is None else Decimal(number)


def _below(at: Cursor) -> list[Cursor]:
    return [here for child in at.children() for here in (child, *_below(child))]


def _scale(at: Cursor) -> PeriodUnit | None:
    stated = at.take("Frq_échelle", gives="rhythm.frequency.unit")
    if stated is None:
        at.doubt(FindingCode.PERIOD_INCOMPLETE, "Fréquence_structurée has no Frq_échelle")
        return None
    known = values.known(at, stated, "pn13/scales", "Frq_échelle must be 1 to 7")
    return PeriodUnit(known) if known else None


def _weekdays(filters: list[Cursor]) -> list[Weekday]:
    rule = "Frq_filtreVal_1_J must be 1 (Monday) to 7"
    stated = _of_kind(filters, "1_j")
    days = (values.known(at, at.taken("rhythm.weekdays"), "pn13/weekdays", rule) for at in stated)
    return sorted({Weekday(day) for day in days if day}, key=lambda day: day.number)


def _month_days(filters: list[Cursor]) -> list[int]:
    found = []
    for at in _of_kind(filters, "2"):
        at.taken("rhythm.month_days")
        if re.fullmatch(r"0?[1-9]|[12][0-9]|3[01]", at.text):
            found.append(int(at.text))
        else:
            at.doubt(FindingCode.CODE_INVALID, "Frq_filtreVal_2 must be a day of the month")
    return sorted(set(found))


def _of_kind(filters: list[Cursor], kind: str) -> list[Cursor]:
    return [at for at in filters if folded(at.name) == f"{_FILTERS}{kind}"]


def _local(at: Cursor) -> Pace:
    """What the site says of the sender's own code; unknown, the code stays and blocks."""
    coding = coding_of(at, "rhythm.frequency")
    meant = meaning_of(at, coding, FREQUENCIES)
    if meant is None:
        at.doubt(
            FindingCode.FREQUENCY_UNKNOWN,
            f"Fréquence has no row in the site's table {FREQUENCIES}",
        )
        return Pace(Rhythm(), code=coding, words=_words(coding))
    return Pace(meant.rhythm, times=meant.times, words=_words(coding))


def _together(local: Cursor, structured: Pace) -> Pace:
    """A local code beside a structured frequency must say the same, when the site knows it;
    it may add the moments or the hours, which no structured frequency has.
    """
    coding = coding_of(local, "rhythm.frequency")
    meant = meaning_of(local, coding, FREQUENCIES)
    words = (*structured.words, *_words(coding))
    if meant is None:
        local.doubt(
            FindingCode.ELEMENT_UNREAD, "Fréquence was not compared with Fréquence_structurée"
        )
        return replace(structured, words=words)
    if meant.rhythm not in (Rhythm(), structured.rhythm):
        local.doubt(
            FindingCode.FREQUENCY_CONTRADICTED,
            "Fréquence and Fréquence_structurée say different things",
        )
    return replace(structured, times=meant.times, words=words)


def _words(coding: Coding) -> tuple[str, ...]:
    return (coding.display,) if coding.display else ()
