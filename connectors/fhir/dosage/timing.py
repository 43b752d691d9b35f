"""A FHIR R4 Timing as bounds, rhythm and times, translated and not judged."""

import re
from collections.abc import Set
from datetime import time
from decimal import Decimal

from connectors.fhir.dosage.quantities import read_duration
from connectors.fhir.dosage.timing_rules import (
    FRENCH_WHEN,
    check_repeat,
    moment_of,
    unit_of,
    weekday_of,
)
from connectors.fhir.dosage.words import distinct
from connectors.fhir.form.values import Element, read_date_time
from mappings.catalogue import table
from mappings.table import Row
from mappings.timing import timing_of
from schemas.base import DateOrInstant
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import Bounds, Frequency, Rhythm, Times, Weekday
from schemas.quantity import Duration, PeriodUnit
from schemas.site import Site

_ABBREVIATIONS = frozenset(
    {
        "http://terminology.hl7.org/CodeSystem/v3-GTSAbbreviation",
        "http://hl7.org/fhir/v3/GTSAbbreviation",
    }
)
_BESIDE_REPEAT: Set[object] = _ABBREVIATIONS | {None}
"""A code without a system states nothing alone; beside `repeat` it may say the same again."""
_CLOCK = re.compile(r"([01]\d|2[0-3]):[0-5]\d:[0-5]\d(\.\d{1,6})?")
_EMPTY = (Rhythm(), Times())
_UNSUPPORTED = "unsupported"
"""The target of a code that is known and says too little: a site may state it in its own table."""
_GENERIC = frozenset({Moment.MEAL, Moment.BEFORE_MEAL, Moment.AFTER_MEAL})
"""Moments that stand for as many intakes as the site has meals."""


class TimingRead:
    """What a Timing says: `lasts` is the length of one intake, `words` those of its code."""

    __slots__ = ("bounds", "coding", "lasts", "rhythm", "times", "words")

    def __init__(self) -> None:
        self.bounds = Bounds()
        self.rhythm = Rhythm()
        self.times = Times()
        self.lasts: Duration | None = None
        self.coding: Coding | None = None
        self.words: tuple[str, ...] = ()


def read_timing(timing: Element, site: Site) -> TimingRead:
    """The Timing, near-literal. A doubt is said at its FHIRPath."""
    read = TimingRead()
    repeat = timing.child("repeat")
    if repeat is not None:
        check_repeat(repeat)
        read.bounds = _bounds(repeat)
        read.rhythm = Rhythm(frequency=_frequency(repeat), weekdays=_weekdays(repeat))
        read.times = Times(moments=_moments(repeat), clock=_clock(repeat))
        read.lasts = _lasts(repeat)
    _add_code(timing, read, site)
    _add_events(timing, read, repeat)
    return read


def _bounds(repeat: Element) -> Bounds:
    low, high = _length(repeat)
    period = repeat.child("boundsPeriod")
    return Bounds(
        start=period.date_time("start", "bounds.start") if period else None,
        end=period.date_time("end", "bounds.end") if period else None,
        duration=low,
        duration_high=high,
        count=repeat.integer("count", "bounds.count", least=1),
        count_high=repeat.integer("countMax", "bounds.count_high", least=1),
    )


def _length(repeat: Element) -> tuple[Duration | None, Duration | None]:
    exact, between = repeat.child("boundsDuration"), repeat.child("boundsRange")
    if exact is not None:
        return read_duration(exact, "bounds.duration"), None
    if between is None:
        return None, None
    ends = [between.child(name) for name in ("low", "high")]
    low, high = (read_duration(end, "bounds.duration") if end else None for end in ends)
    if low is None or high is None:
        between.say(FindingCode.BOUNDS_RANGE, "low", "boundsRange is open at one end")
    return low, high


def _frequency(repeat: Element) -> Frequency | None:
    stated = Frequency(
        times=repeat.integer("frequency", "rhythm.frequency.times", least=1),
        times_high=repeat.integer("frequencyMax", "rhythm.frequency.times_high", least=1),
        period=repeat.decimal("period", "rhythm.frequency.period"),
        period_high=repeat.decimal("periodMax", "rhythm.frequency.period_high"),
        unit=unit_of(repeat, "periodUnit", "rhythm.frequency.unit"),
    )
    return None if stated == Frequency() else stated


def _weekdays(repeat: Element) -> tuple[Weekday, ...]:
    given = repeat.texts("dayOfWeek", "rhythm.weekdays")
    found = (weekday_of(code, at, repeat) for code, at in given)
    return tuple(day for day in found if day is not None)


def _moments(repeat: Element) -> tuple[MomentTime, ...]:
    offset = repeat.integer("offset", "times.moments.offset_minutes", least=0)
    stated = [
        moment_of(code, at, repeat) for code, at in repeat.texts("when", "times.moments.moment")
    ]
    for extension in repeat.children("extension"):
        if extension.members.get("url") == FRENCH_WHEN:
            extension.use("url", "times.moments.moment")
            code = extension.text("valueCode", "times.moments.moment")
            if code is not None:
                at = extension.path("valueCode")
                stated.append(moment_of(code, at, extension, french=True))
    return tuple(
        MomentTime(moment=moment, offset_minutes=offset) for moment in stated if moment is not None
    )


def _clock(repeat: Element) -> tuple[time, ...]:
    found: list[time] = []
    for text, at in repeat.texts("timeOfDay", "times.clock"):
        if _CLOCK.fullmatch(text):
            found.append(time.fromisoformat(text))
        else:
            repeat.doubts.invalid(at, "must be a time hh:mm:ss", text)
    return tuple(found)


def _lasts(repeat: Element) -> Duration | None:
    value = repeat.decimal("duration", "intake_lasts")
    unit = unit_of(repeat, "durationUnit", "intake_lasts")
    most = repeat.decimal("durationMax", "intake_lasts")
    if most is not None and most != value:
        rule = "the length of one intake has a maximum, which is not kept"
        repeat.say(FindingCode.ELEMENT_UNREAD, "durationMax", rule, most)
    return None if value is None or unit is None else Duration(value=value, unit=unit)


def _add_code(timing: Element, read: TimingRead, site: Site) -> None:
    code = timing.child("code")
    if code is None:
        return
    text = code.text("text", "instructions")
    listed = code.children("coding")
    codings = [_coding(coding) for coding in listed]
    read.coding = codings[0] if codings else None
    beside = (read.rhythm, read.times) != _EMPTY
    systems = _BESIDE_REPEAT if beside else _ABBREVIATIONS
    stated = [_stated(coding, site, systems) for coding in codings]
    known = [meaning for meaning in stated if meaning is not None]
    read.words = _words_of(text, codings, site)
    if (codings or not beside) and len(known) < max(len(codings), 1):
        unknown = next((c for c, meaning in zip(codings, stated, strict=True) if not meaning), None)
        _say_unknown(timing, unknown, text, site)
    elif known:
        _settle_code(timing, read, known)


def _row(coding: Coding, site: Site) -> Row | None:
    """The row of a code: by itself in GTSAbbreviation, else behind its system and a bar."""
    named = coding.system in _BESIDE_REPEAT
    key = coding.code if named else f"{coding.system}|{coding.code}"
    return table("fhir/timing_codes", site.name).get(key)


def _words_of(text: str | None, codings: list[Coding | None], site: Site) -> tuple[str, ...]:
    """The words of the code that say more than the code: not the code again, nor its own name."""
    said = [text, *(coding.display for coding in codings if coding is not None)]
    rows = [_row(coding, site) for coding in codings if coding is not None]
    same = {coding.code.casefold() for coding in codings if coding is not None}
    same |= {row.text.casefold() for row in rows if row is not None}
    return distinct(words for words in said if words and words.casefold() not in same)


def _say_unknown(timing: Element, coding: Coding | None, text: str | None, site: Site) -> None:
    row = _row(coding, site) if coding is not None else None
    rule = "the code of the timing is not in the table fhir/timing_codes"
    if row is not None and row.target == _UNSUPPORTED:
        rule = f"the code leaves its hours or days to the site, which states none: {row.text}"
    quoted = text if coding is None else coding.code
    timing.say(FindingCode.TIMING_CODE_UNKNOWN, "code", rule, quoted)


def _stated(coding: Coding | None, site: Site, systems: Set[object]) -> tuple[Rhythm, Times] | None:
    """What the table says of this code, where rhythm and times say it all."""
    row = _row(coding, site) if coding is not None else None
    if coding is None or row is None or (coding.system not in systems and "|" not in row.code):
        return None
    said = timing_of(row.target)
    return (said.rhythm, said.times) if said.is_plain else None


def _coding(element: Element) -> Coding | None:
    system, code, display = (
        element.text(name, "timing_code") for name in ("system", "code", "display")
    )
    return None if code is None else Coding(code=code, system=system, display=display)


def _settle_code(timing: Element, read: TimingRead, known: list[tuple[Rhythm, Times]]) -> None:
    """The code states the timing when `repeat` has bounds alone; else both must agree."""
    meaning = known[0]
    structured = (read.rhythm, read.times)
    if any(other != meaning for other in known) or structured not in (_EMPTY, meaning):
        if _is_agreeing(meaning, structured):
            return
        rule = "code and repeat say two different timings"
        timing.say(FindingCode.TIMING_CONTRADICTED, "code", rule)
    elif structured == _EMPTY:
        read.rhythm, read.times = meaning


def _is_agreeing(meaning: tuple[Rhythm, Times], structured: tuple[Rhythm, Times]) -> bool:
    """Whether `repeat` says the same frequency as the code, and adds the moments or times.

    Moments or times alone are each of them every day: two of them are BID.
    """
    (code_rhythm, code_times), (rhythm, times) = meaning, structured
    if code_times.moments:
        return (times, rhythm.weekdays) == (code_times, ()) and _is_daily(rhythm.frequency)
    listed = len(times.moments) + len(times.clock)
    if rhythm == Rhythm() and not _GENERIC & {one.moment for one in times.moments}:
        rhythm = Rhythm(frequency=Frequency(times=listed, period=Decimal(1), unit=PeriodUnit.DAY))
    return code_rhythm == rhythm


def _is_daily(frequency: Frequency | None) -> bool:
    return frequency in (None, Frequency(times=1, period=Decimal(1), unit=PeriodUnit.DAY))


def _add_events(timing: Element, read: TimingRead, repeat: Element | None) -> None:
    dates: list[DateOrInstant] = []
    for text, at in timing.texts("event", "rhythm.dates"):
        stated = read_date_time(text, at, timing.doubts)
        if stated is not None:
            dates.append(stated)
    if dates and repeat is not None and repeat.members:
        rule = "event is an interpretation of repeat when both stand: they cannot be compared"
        timing.say(FindingCode.TIMING_UNSUPPORTED, "event", rule)
    if dates:
        read.rhythm = read.rhythm.model_copy(update={"dates": tuple(dates)})
