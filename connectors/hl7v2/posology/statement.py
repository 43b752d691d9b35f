"""One statement of timing, from TQ1 or from the quantity/timing field, before its dose is known.

What both forms say in different places is collected here and becomes a `Phase`.
"""

import re
from dataclasses import dataclass, field
from datetime import time
from decimal import Decimal
from itertools import pairwise

from connectors.hl7v2.posology.pattern import is_standard, pattern_of_coding
from connectors.hl7v2.source import Source
from mappings.timing import Timing, together
from schemas.base import DateOrInstant
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.moment import Moment
from schemas.posology import Bounds, Dose, Frequency, Phase, Rhythm, Times
from schemas.quantity import Duration, PeriodUnit, Quantity

_CLOCK = re.compile(r"([01]\d|2[0-3])([0-5]\d)(?:([0-5]\d)(?:\.\d{1,4})?)?")
_DAY = 24 * 60
_PARTS_OF_DAY = {
    Moment.MORNING: range(12),
    Moment.EVENING: range(12, 24),
    Moment.BEDTIME: range(12, 24),
}
"""The hours in which an explicit time may be that of QAM, QPM and QHS. The published alignment of
QAM ends with the hour 11, and the hour of sleep is "e.g., H18-22": after midnight it can be that of
the day before or of the day itself."""


@dataclass(slots=True)
class Statement:
    """What one TQ1, or one repetition of a TQ, says. `source` holds the doubts about it."""

    source: Source
    location: str
    quantity: Quantity | None = None
    quantity_at: str = ""
    patterns: list[Timing] = field(default_factory=list)
    unread: Coding | None = None
    clock: list[time] = field(default_factory=list)
    start: DateOrInstant | None = None
    end: DateOrInstant | None = None
    duration: Duration | None = None
    count: int | None = None
    as_needed: bool = False
    condition: str | None = None
    condition_at: str = ""
    text: str | None = None
    words: list[str] = field(default_factory=list)
    conjunction: str | None = None
    conjunction_at: str = ""
    lasts: Duration | None = None

    @property
    def says_when(self) -> bool:
        """Whether anything but a quantity, a priority or a chaining is stated."""
        return bool(
            self.patterns or self.unread or self.clock or self.start or self.end or self.duration
        ) or bool(self.count or self.condition or self.text or self.as_needed)

    @property
    def says_anything(self) -> bool:
        """Whether a chaining or a quantity other than one administration is stated, at least."""
        stated = self.quantity
        several = stated is not None and (stated.value != 1 or stated.unit_label is not None)
        return self.says_when or several or self.conjunction is not None

    def add_pattern(self, code: Coding, place: str) -> Timing | None:
        """One repeat pattern code; an unknown one is kept word for word with a finding."""
        found = pattern_of_coding(code, self.source.table("repeat_patterns"))
        doubt = self.source.doubt
        if found is None:
            self.unread = self.unread or code
            doubt(
                FindingCode.TIMING_CODE_UNKNOWN,
                place,
                "the repeat pattern is not in the table hl7v2/repeat_patterns of its system",
                code.code or code.display,
            )
            return None
        if found.continuous:
            rule = "the repeat pattern C is continuous between start and stop, not an intake"
            doubt(FindingCode.TIMING_UNSUPPORTED, place, rule, code.code)
        if found.unsupported:
            rule = "the repeat pattern is no rhythm that can be computed"
            doubt(FindingCode.TIMING_UNSUPPORTED, place, rule, code.code)
        self.patterns.append(found)
        return found

    def add_clock(self, said: str, place: str) -> None:
        """One explicit time, HHMM[SS] on the patient's clock."""
        shape = _CLOCK.fullmatch(said)
        if shape is None:
            rule = "an explicit time must be HHMM or HHMMSS, without a zone"
            self.source.doubt(FindingCode.VALUE_INVALID, place, rule, said)
            return
        self.source.local(place, said)
        self.clock.append(time(int(shape[1]), int(shape[2]), int(shape[3] or 0)))

    def add_priority(self, priority: Coding, place: str) -> None:
        """One priority, through the table `hl7v2/priorities`: only routine says nothing more."""
        table, said = self.source.table("priorities"), priority.code or priority.display or ""
        key = re.sub(r"\d+$", "<n>", said.upper())
        if not is_standard(priority):
            key = said = f"{priority.system}|{said}"
        match table.target_of(said) or table.target_of(key):
            case "routine":
                return
            case "as-needed":
                self.as_needed = True
            case "urgent":
                rule = "a priority other than routine does not enter the schedule"
                self.source.doubt(FindingCode.ELEMENT_UNREAD, place, rule, said)
            case "event":
                rule = "the priority makes the dose wait for an operation or a call"
                self.source.doubt(FindingCode.EVENT_CONDITION, place, rule, said)
            case _:
                rule = "the priority is not in the table hl7v2/priorities"
                self.source.doubt(FindingCode.CODE_INVALID, place, rule, said)

    def limit(self, count: int | None, place: str) -> None:
        """A number of occurrences; two that differ are a doubt."""
        if self.count is not None and count is not None and self.count != count:
            rule = "the number of occurrences is stated twice, differently"
            self.source.doubt(FindingCode.COUNT_AMBIGUOUS, place, rule, str(count))
        self.count = self.count or count

    def pattern(self) -> Timing:
        """What the repeat patterns say together."""
        return together(self.patterns)

    def phase(self, sequence: int | None, dose: Dose | None) -> Phase:
        """The phase of this statement, with its dose and its place in the chain."""
        said = self.pattern()
        as_needed = self.as_needed or said.as_needed
        self._doubt_what_cannot_be(said, as_needed)
        times = self._times(said)
        return Phase(
            location=self.location,
            sequence=sequence,
            text=self.text,
            instructions=tuple(dict.fromkeys(self.words)),
            bounds=Bounds(
                start=self.start,
                end=self.end,
                duration=self.duration,
                count=self.count or (1 if said.once else None),
            ),
            rhythm=Rhythm(
                frequency=_by_day(said.frequency, times.clock),
                weekdays=said.weekdays,
                month_days=said.month_days,
            ),
            times=times,
            timing_code=self.unread,
            dose=dose,
            as_needed=as_needed,
            as_needed_for=(self.condition,) if as_needed and self.condition else (),
            intake_lasts=self.lasts,
            findings=tuple(self.source.doubts),
        )

    def _times(self, said: Timing) -> Times:
        """The explicit times, else those of the site's row for the code, and the moments.

        §4.5.4.4: explicit times are the actual times that the code refers to. They stand for
        as many parts of the day, and beside a meal both are kept.
        """
        clock = tuple(dict.fromkeys(self.clock)) or said.clock
        parts = [one.moment for one in said.moments]
        if not clock or len(clock) != len(parts) or not set(parts) <= set(_PARTS_OF_DAY):
            return Times(moments=said.moments, clock=clock)
        ordered = sorted(parts, key=list(_PARTS_OF_DAY).index)
        for at, part in zip(sorted(clock), ordered, strict=True):
            if at.hour not in _PARTS_OF_DAY[part]:
                rule = "an explicit time is not in the part of the day that the code names"
                self.source.doubt(
                    FindingCode.TIMING_CONTRADICTED, self.location, rule, at.isoformat("minutes")
                )
        return Times(clock=clock)

    def _doubt_what_cannot_be(self, said: Timing, as_needed: bool) -> None:
        doubt = self.source.doubt
        if said.contradicted:
            rule = "two repetitions of the repeat pattern state different frequencies"
            doubt(FindingCode.TIMING_CONTRADICTED, self.location, rule)
        if self.clock and not (self.patterns or self.unread):
            rule = "explicit times must come with a repeat pattern"
            doubt(FindingCode.TIMING_INVALID, self.location, rule)
        if self.condition and not as_needed:
            rule = "a condition text asks for human review"
            doubt(FindingCode.EVENT_CONDITION, self.condition_at, rule, self.condition)


def _by_day(frequency: Frequency | None, clock: tuple[time, ...]) -> Frequency | None:
    """`Q8H` beside three times that lie eight hours apart is those times every day.

    §4.5.4.4: the explicit times are the actual times that the code of TQ1-3 refers to.
    """
    if frequency is None or frequency.unit is not PeriodUnit.HOUR or len(clock) < 2:
        return frequency
    minutes = sorted(one.hour * 60 + one.minute for one in clock)
    gaps = {(later - earlier) % _DAY for earlier, later in pairwise((*minutes, minutes[0]))}
    if frequency.times != 1 or gaps != {(frequency.period or 0) * 60}:
        return frequency
    return Frequency(times=len(clock), period=Decimal(1), unit=PeriodUnit.DAY)
