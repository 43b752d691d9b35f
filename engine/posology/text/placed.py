"""What single items come to as they are placed: schemes, first and last days, numbers a day."""

from collections.abc import Sequence
from decimal import Decimal
from itertools import groupby

from engine.posology.text.dates import day_of, days_of
from engine.posology.text.groups import Group, Segment
from engine.posology.text.items import Item, Kind
from schemas.base import is_whole
from schemas.moment import Moment, MomentTime
from schemas.posology import Dose
from schemas.quantity import Duration, PeriodUnit, Quantity

_SCHEME = (Moment.MORNING, Moment.NOON, Moment.EVENING, Moment.BEDTIME)


def counted_in(shape: str | None, dose: Dose) -> Dose:
    """`patch, 1 à 7h`: a bare number counts what the words before it name."""
    if shape is None or dose.low is None or dose.high is None or dose.low.unit is not None:
        return dose
    low, high = (Quantity(value=end.value, unit=shape) for end in (dose.low, dose.high))
    return Dose(low=low, high=high)


def may_count(doses: Sequence[Dose]) -> bool:
    """`1 cp 1-0-1` names the unit of the scheme; `2 cp 1-0-1`, `500 mg 1-0-1` have two senses."""
    return not doses or bool(_ones(doses))


def _ones(doses: Sequence[Dose]) -> list[Quantity]:
    return [dose.exact for dose in doses if dose.exact is not None and dose.exact.value == 1]


def place_scheme(segment: Segment, item: Item) -> None:
    """A group for each amount of `1-0-1`, at the moments that have it, in the unit before it."""
    amounts = list(zip(_SCHEME, item.doses, strict=False))
    unit = next((one.unit for one in _ones(segment.groups[-1].doses)), None)
    segment.groups[-1].doses.clear()
    for amount, placed in groupby(sorted(amounts, key=lambda one: one[1]), lambda one: one[1]):
        moments = [MomentTime(moment=moment) for moment, _ in placed]
        if amount:
            quantity = Quantity(value=amount, unit=unit)
            dose = Dose(low=quantity, high=quantity)
            segment.groups.append(Group(doses=[dose], moments=moments))
    segment.groups.append(Group())


def bounds_of(item: Item) -> dict[str, object] | None:
    """The start, the end or both; `None` for a day that cannot be known."""
    if item.kind is Kind.BETWEEN:
        both = days_of(*item.days)
        return None if both is None else {"start": both[0], "end": both[1]}
    day = day_of(item.said)
    name = "end" if item.kind is Kind.UNTIL else "start"
    return None if day is None else {name: day}


def times_of(number: Item, each: Item) -> Item | None:
    """The number of times in what a bare number and a unit of time say: `3/j`."""
    exact = number.dose.exact if number.dose is not None else None
    if exact is None or each.frequency is None or not is_whole(exact.value) or not exact.value:
        return None
    frequency = each.frequency.model_copy(update={"times": int(exact.value)})
    return Item(Kind.FREQUENCY, f"{number.said}{each.said}", frequency=frequency)


def in_days(length: Duration | None) -> Decimal | None:
    """The length in days: `28 jours (4 semaines)` is one, said twice."""
    days = None if length is None else {PeriodUnit.DAY: 1, PeriodUnit.WEEK: 7}.get(length.unit)
    return None if length is None or days is None else length.value * days


def days_in(length: Duration | None) -> int | None:
    """The length where it is so many whole days."""
    if length is None or length.unit is not PeriodUnit.DAY or not is_whole(length.value):
        return None
    return int(length.value)
