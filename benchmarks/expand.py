"""A month of a resident with twelve lines: our dates, those of dateutil's rrule, and the floor.

The floor builds the same datetimes in a plain loop, with no rule, no bounds and no intake around
them. All three are compared before anything is timed. The ratios hold from machine to machine.
"""

import sys
import time
import tracemalloc
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

ROOT = Path(__file__).parent.parent
ROUNDS, BEST_OF = 20, 30
ZONE = "Europe/Paris"
FIRST, DAYS = date(2026, 6, 1), 30
"""A Monday, in a month in which no clock changes: rrule knows the wall clock alone."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One line: as FHIR R4 Dosages, and the same as rules of dateutil (`None`: it has none)."""

    name: str
    dosages: list[dict[str, object]]
    rules: list[dict[str, object]] | None


def repeat(dose: int = 1, **repeat: object) -> dict[str, object]:
    """A Dosage of so many tablets."""
    amount = {"doseQuantity": {"value": dose, "unit": "tablet"}}
    return {"timing": {"repeat": repeat}, "doseAndRate": [amount]}


def daily(*hours: int, interval: int = 1, **more: object) -> dict[str, object]:
    """A rule of dateutil, by its arguments."""
    return {"freq": "DAILY", "interval": interval, "byhour": hours, **more}


DAY = {"frequency": 1, "period": 1, "periodUnit": "d"}
LINES = (
    Compared("every morning", [repeat(when=["MORN"])], [daily(8)]),
    Compared("morning and evening", [repeat(when=["MORN", "EVE"])], [daily(8, 19)]),
    Compared(
        "morning 1, evening 2",
        [repeat(when=["MORN"]), repeat(2, when=["EVE"])],
        [daily(8), daily(19)],
    ),
    Compared("three a day", [repeat(**{**DAY, "frequency": 3})], [daily(8, 12, 19)]),
    Compared("four a day", [repeat(**{**DAY, "frequency": 4})], [daily(8, 12, 19, 22)]),
    Compared("with meals", [repeat(when=["C"])], [daily(8, 12, 19)]),
    Compared("at 7 and 19 h", [repeat(timeOfDay=["07:00:00", "19:00:00"])], [daily(7, 19)]),
    Compared(
        "every second day",
        [repeat(frequency=1, period=2, periodUnit="d", when=["HS"])],
        [daily(22, interval=2)],
    ),
    Compared(
        "Monday, Wednesday, Friday",
        [repeat(dayOfWeek=["mon", "wed", "fri"], when=["EVE"])],
        [daily(19, freq="WEEKLY", byweekday=(0, 2, 4))],
    ),
    Compared(
        "every second Monday",
        [repeat(frequency=1, period=2, periodUnit="wk", dayOfWeek=["mon"], when=["MORN"])],
        [daily(8, freq="WEEKLY", interval=2, byweekday=(0,))],
    ),
    Compared(
        "every 8 hours",
        [repeat(frequency=1, period=8, periodUnit="h")],
        [{"freq": "HOURLY", "interval": 8}],
    ),
    Compared(
        "taper: 3, then 2, then 1",
        [
            {**repeat(3, when=["MORN"], boundsPeriod={"start": "2026-06-01", "end": "2026-06-07"})},
            {**repeat(2, when=["MORN"], boundsPeriod={"start": "2026-06-08", "end": "2026-06-14"})},
            {**repeat(1, when=["MORN"], boundsPeriod={"start": "2026-06-15"})},
        ],
        [daily(8, last=6), daily(8, since=7, last=13), daily(8, since=14)],
    ),
)


def cpu_us(work: Callable[[], object]) -> float:
    """Microseconds of CPU of one call: the best mean of several series."""
    work()
    means = []
    for _ in range(BEST_OF):
        start = time.process_time()
        for _ in range(ROUNDS):
            work()
        means.append((time.process_time() - start) / ROUNDS)
    return min(means) * 1e6


def ours(line: Compared) -> Callable[[], list[datetime]]:
    """The planned intakes of the month, from a schedule made beforehand."""
    from connectors.fhir.dosage.read import read_dosages
    from connectors.trail import Trail
    from engine.posology.expand import expand
    from engine.posology.normalise import normalise
    from mappings.catalogue import load_site
    from schemas.posology import Posology
    from schemas.schedule import DoseSchedule

    site = load_site("reference")
    first = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ZoneInfo(ZONE))
    phases = read_dosages(line.dosages, "dosage", Trail(), site)
    schedule = normalise(Posology(phases=phases), site, start=first).schedule
    if not isinstance(schedule, DoseSchedule):
        raise TypeError(f"{line.name}: not computable")
    return lambda: [intake.due_at for intake in expand(schedule, site, first, DAYS)]


def rules_of(line: Compared) -> Callable[[], list[datetime]]:
    """The same dates by dateutil: each rule over the month, joined in order."""
    from dateutil import rrule

    zone = ZoneInfo(ZONE)
    midnight = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=zone)
    made = []
    for stated in line.rules or []:
        options = dict(stated)
        start = midnight + timedelta(days=int(str(options.pop("since", 0))))
        last = midnight + timedelta(days=int(str(options.pop("last", DAYS - 1))) + 1)
        freq = getattr(rrule, str(options.pop("freq")))
        exact = {} if freq == rrule.HOURLY else {"byminute": 0, "bysecond": 0}
        until = last - timedelta(seconds=1)
        made.append((freq, {**options, **exact, "dtstart": start, "until": until}))

    def dates() -> list[datetime]:
        found = [due for freq, options in made for due in rrule.rrule(freq, **options)]
        return found if len(made) == 1 else sorted(found)

    return dates


def floor_of(expected: list[datetime]) -> Callable[[], list[datetime]]:
    """Building as many datetimes in a loop, from days and clock times that are at hand."""
    zone = ZoneInfo(ZONE)
    parts = [(due.date(), due.time().replace(tzinfo=zone)) for due in expected]

    def dates() -> list[datetime]:
        found = []
        for day, clock in parts:
            found.append(datetime.combine(day, clock))
        return found

    return dates


def print_speed() -> None:
    """One line a rule and the sum: microseconds, intakes a second, and the two ratios."""
    print(f"{'30 days, CPU':28}{'intakes':>8}{'ours µs':>9}", end="")
    print(f"{'rrule µs':>10}{'floor µs':>10}{'rrule/ours':>12}{'ours/floor':>12}{'intakes/s':>12}")
    totals = [0.0, 0.0, 0.0]
    intakes = 0
    for line in LINES:
        mine, theirs = ours(line), rules_of(line)
        expected = mine()
        plain = floor_of(expected)
        if not (expected == theirs() == plain()):
            raise RuntimeError(f"{line.name}: the three do not give the same dates")
        taken = [cpu_us(work) for work in (mine, theirs, plain)]
        totals = [total + one for total, one in zip(totals, taken, strict=True)]
        intakes += len(expected)
        print_row(line.name, len(expected), taken)
    print_row("the resident", intakes, totals)


def print_row(name: str, intakes: int, taken: list[float]) -> None:
    """One row of the table."""
    mine, theirs, plain = taken
    print(f"{name:28}{intakes:8}{mine:9.1f}{theirs:10.1f}{plain:10.1f}", end="")
    print(f"{theirs / mine:12.1f}{mine / plain:12.1f}{intakes / mine * 1e6:12,.0f}")


def print_memory() -> None:
    """The peak of walking through an open-ended treatment of one, ten and a hundred years."""
    from connectors.fhir.dosage.read import read_dosages
    from connectors.trail import Trail
    from engine.posology.expand import expand
    from engine.posology.normalise import normalise
    from mappings.catalogue import load_site
    from schemas.posology import Posology
    from schemas.schedule import DoseSchedule

    site = load_site("reference")
    first = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=ZoneInfo(ZONE))
    dosages = [repeat(when=["MORN"]), repeat(2, when=["EVE"])]
    posology = Posology(phases=read_dosages(dosages, "dosage", Trail(), site))
    schedule = normalise(posology, site, start=first).schedule
    if not isinstance(schedule, DoseSchedule):
        raise TypeError("not computable")
    for years in (1, 10, 100):
        tracemalloc.start()
        count = sum(1 for _ in expand(schedule, site, first, 365 * years))
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        print(f"open-ended, {years:3} years, {count:7,} intakes: peak {peak / 1024:8.1f} KiB")


def main() -> None:
    """Prints speed, then memory."""
    print_speed()
    print_memory()


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
