"""A released schedule as encoded orders: RXE for each amount, TQ1 for each step.

Each amount of a line is an order group of its own, with the number of the line, because the
quantity of a TQ1 counts administrations of the amount of RXE and never replaces it. The clock
times are those of the site, as the pharmacist validated them. Source: HL7 v2.5.1 §4.5.4, §4.14.4.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from connectors.hl7v2.writing.building import coded_product, hat, leaf, number, route, stamp, words
from connectors.hl7v2.writing.encode_needed import needed_amounts, needed_timing
from schemas.delivery import ReleasedLine
from schemas.errors import Refused
from schemas.quantity import Quantity
from schemas.schedule import EveryDays, EveryHours, OnWeekdays, Slot, Step

Fields = dict[int, str]
_TIMES_A_DAY = {2: "BID", 3: "TID", 4: "QID"}
"""Table 0335; from five on the code is `5ID`."""
_SIDES = {"AC": "avant", "C": "pendant", "PC": "après"}
_MEALS = {"M": "le petit déjeuner", "D": "le déjeuner", "V": "le dîner"}
"""Parts of the codes of moments (table 0528): `ACM` is before breakfast."""


@dataclass(frozen=True, slots=True)
class Encoded:
    """One encoded order: its RXE, its TQ1 segments and its RXR."""

    rxe: Fields
    timings: tuple[Fields, ...]
    rxr: Fields


def encoded_orders(released: ReleasedLine) -> Iterator[Encoded]:
    """One encoded order for each amount of the schedule, then one for each dose as needed.

    Raises: `Refused` for a line without an amount, and for a rhythm that table 0335 has
    no pattern for.
    """
    rxr = route(released.line.route)
    amounts: dict[Quantity | None, list[int]] = {}
    for number_of_step, step in enumerate(released.schedule.steps):
        amounts.setdefault(step.quantity, []).append(number_of_step)
    for amount, steps in amounts.items():
        if amount is None:
            raise Refused("RXE-3: the amount of an encoded order must be known")
        yield Encoded(_rxe(released, amount), tuple(_timings(released, steps)), rxr)
    for needed in released.schedule.as_needed:
        low, high = needed_amounts(needed)
        most = {4: number(high.value)} if high != low else {}
        yield Encoded(_rxe(released, low) | most, (needed_timing(needed),), rxr)


def _rxe(released: ReleasedLine, amount: Quantity) -> Fields:
    line = released.line
    unit = hat(leaf(amount.code or amount.unit), leaf(amount.unit), leaf(amount.system))
    if not unit:
        raise Refused("RXE-5: the unit of an encoded order must be known")
    return {
        2: coded_product(line.product.codes, line.product.text),
        3: number(amount.value),
        5: unit,
        7: words(line.text, ""),
    }


def _timings(released: ReleasedLine, steps: Sequence[int]) -> Iterator[Fields]:
    """One TQ1 for each step; one for each time where a pattern leaves days out.

    Table 0335 says several times a day (`BID`) or every other day (`Q2D`), and never both.
    """
    parts = [(at, slots) for at in steps for slots in _together(released.schedule.steps[at])]
    for rank, (at, slots) in enumerate(parts, start=1):
        step = released.schedule.steps[at]
        yield {
            1: str(rank),
            3: _pattern(step, len(slots), ZoneInfo(released.schedule.zone)),
            4: "~".join(_clock(released, at, slot) for slot in slots),
            7: stamp(step.start),
            8: stamp(_last_instant(step)),
            11: leaf("; ".join((*_at_meals(slots), *step.instructions))),
            12: "" if rank == len(parts) else "A",
            14: str(step.count) if step.count else "",
        }


def _together(step: Step) -> list[tuple[Slot, ...]]:
    """The slots that one TQ1 can carry. Raises: `Refused` where a count would be split."""
    several_days = isinstance(step.rule, EveryDays) and step.rule.every > 1
    if not several_days or len(step.slots) < 2:
        return [step.slots]
    if step.count is not None:
        raise Refused("TQ1-14: a count over several times of every other day has no place")
    return [(slot,) for slot in step.slots]


def _at_meals(slots: Sequence[Slot]) -> Iterator[str]:
    """What the clock time of a slot does not say: before or after which meal, by how long."""
    for slot in slots:
        code = slot.moment.value if slot.moment is not None else ""
        meal, side = _MEALS.get(code[-1:]), _SIDES.get(code[:-1])
        if meal is not None and side is not None:
            before = f"{slot.offset_minutes} min " if slot.offset_minutes else ""
            yield f"{before}{side} {meal}"
        elif slot.offset_minutes:
            raise Refused("TQ1-4: a time beside this moment cannot be said")


def _last_instant(step: Step) -> datetime | None:
    """TQ1-8 is the latest time of an intake: an end that is not included is one second later."""
    if step.end is None or step.end_included:
        return step.end
    return step.end - timedelta(seconds=1)


def _pattern(step: Step, times: int, zone: ZoneInfo) -> str:
    """The repeat pattern of table 0335, its day counted from TQ1-7.

    `Q1D` is once a day: several times a day have a code that says how many.
    """
    first_day = step.start.astimezone(zone).date()
    if isinstance(step.rule, EveryDays | OnWeekdays) and step.rule.anchor > first_day:
        raise Refused("TQ1-7: the rhythm begins on a later day than the treatment")
    match step.rule:
        case EveryDays(every=1) if times > 1:
            return _TIMES_A_DAY.get(times, f"{times}ID")
        case EveryDays(every=every) if every == 1 or step.rule.anchor == first_day:
            return f"Q{every}D"
        case OnWeekdays(every=every) if every == 1:
            return "~".join(f"Q1J{day.number + 1}" for day in step.rule.weekdays)
        case EveryHours(hours=hours) if hours == int(hours) and step.rule.first == step.start:
            return f"Q{int(hours)}H"
        case _:
            raise Refused("TQ1-3: table 0335 has no repeat pattern for this rhythm")


def _clock(released: ReleasedLine, step: int, slot: Slot) -> str:
    """The wall time of a slot: its own, else that of its moment in the dated intakes."""
    if slot.wall_time is not None:
        return slot.wall_time.strftime("%H%M")
    zone = ZoneInfo(released.schedule.zone)
    for planned in released.planned:
        if planned.step == step and planned.moment is slot.moment:
            return planned.due_at.astimezone(zone).strftime("%H%M")
    raise Refused("TQ1-4: no dated intake of the period gives the time of a moment")
