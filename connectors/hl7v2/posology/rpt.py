"""The components of a repeat pattern beside its code: TQ1-3 components 2 to 11.

A code that is known holds, and the components must say the same or the minutes from its moment;
a code that is not known is never replaced by them. Without any code, a period or an event is
what the pattern says. Source: HL7 v2.5.1 §2.A.66 (RPT), tables 0527 and 0528, and its examples.
"""

from dataclasses import dataclass, replace
from decimal import Decimal

from connectors.hl7v2.er7.segment import Segment
from connectors.hl7v2.source import Source
from mappings.timing import Timing
from schemas.finding import FindingCode
from schemas.moment import Moment, MomentTime
from schemas.posology import Frequency, Weekday
from schemas.quantity import PeriodUnit

_ALIGNMENTS = frozenset({"MY", "WY", "DM", "DY", "DW", "HD", "NH", "SN"})
"""Table 0527. Anything else in component 2 is a code whose text was parted with the wrong mark."""
_SECONDS = {PeriodUnit.SECOND: 1, PeriodUnit.MINUTE: 60, PeriodUnit.HOUR: 3600}
_HOURS_A_DAY = 24
_MORNING = ("HD", "00", "11")
"""The published alignment of QAM: a period that begins in the hours 0 to 11."""
_BEDTIME_EVENT = "AHS"
"""The event of the published example of QHS, which table 0528 does not have."""


@dataclass(frozen=True, slots=True)
class Beside:
    """Components 2 to 11, as stated."""

    alignment: str | None
    begin: str | None
    end: str | None
    period: Frequency | None
    institution: str | None
    event: str | None
    offset: int | None
    specification: str | None


def beside(source: Source, tq1: Segment, repetition: int) -> Beside:
    """The components of one repetition; what is no number or no unit is a doubt of `source`."""

    def take(component: int) -> str | None:
        return source.text(tq1, 3, "phase.rhythm", component, repetition)

    if tq1.value(3, 7, repetition) not in {None, "Y", "N"}:
        rule = "the institution-specified time of a repeat pattern must be Y or N"
        place, quoted = tq1.where(3, 7, repetition), tq1.value(3, 7, repetition)
        source.doubt(FindingCode.CODE_INVALID, place, rule, quoted)
    return Beside(
        alignment=take(2),
        begin=take(3),
        end=take(4),
        period=_period(source, tq1, repetition),
        institution=take(7),
        event=take(8),
        offset=_offset(source, tq1, repetition),
        specification=take(11),
    )


def misplaced_words(said: Beside) -> bool:
    """Whether components 2 and 3 are the text and the system of the code (`Q12H^...^HL70335`)."""
    alone = said.end is None and (said.begin is None or not said.begin.isdigit())
    return said.alignment is not None and said.alignment not in _ALIGNMENTS and alone


def checked(source: Source, found: Timing, said: Beside, place: str) -> Timing:
    """The pattern of a known code, with the minutes from its moment; doubts where they part."""
    doubt = source.doubt
    if said.period is not None and not _same_period(found, said.period):
        rule = "the period beside the code of the repeat pattern is another one"
        doubt(FindingCode.TIMING_CONTRADICTED, place, rule)
    if said.institution == "N" and found.frequency and found.frequency.unit is PeriodUnit.DAY:
        rule = "the code has institution-specified times, and component 7 denies it"
        doubt(FindingCode.TIMING_CONTRADICTED, place, rule, said.institution)
    if said.event is not None and not _same_event(source, found, said.event):
        rule = "the event beside the code of the repeat pattern is not that of the code"
        doubt(FindingCode.TIMING_CONTRADICTED, place, rule, said.event)
    if not _same_alignment(found, said) or said.specification is not None:
        rule = "the repeat pattern says more than its code: a part of the calendar"
        quoted = said.specification or said.alignment or said.begin or said.end
        doubt(FindingCode.TIMING_UNSUPPORTED, place, rule, quoted)
    return _with_offset(source, found, said, place)


def alone(source: Source, said: Beside, place: str) -> Timing | None:
    """The pattern of components without a code, or `None` and a doubt."""
    doubt = source.doubt
    calendar = said.alignment or said.begin or said.end or said.specification
    moment = _moment_of(source, said.event)
    if calendar is not None or (said.event is not None and moment is None):
        rule = "a repeat pattern without a code is not computed from its place in the calendar"
        doubt(FindingCode.TIMING_UNSUPPORTED, place, rule, calendar or said.event)
        return None
    period = said.period
    if period is not None and period.unit is PeriodUnit.HOUR and said.institution != "N":
        period = _a_day(source, period, said, place)
    elif period is None and moment is None:
        if not any(finding.blocks for finding in source.doubts):
            rule = "a repeat pattern without a code, a period or an event"
            doubt(FindingCode.TIMING_UNSUPPORTED, place, rule)
        return None
    found = Timing(frequency=period, moments=(MomentTime(moment=moment),) if moment else ())
    return _with_offset(source, found, said, place)


def _a_day(source: Source, period: Frequency, said: Beside, place: str) -> Frequency | None:
    """12 hours are twice a day where the hours are the institution's; else both can be meant."""
    hours = period.period or Decimal(0)
    if said.institution == "Y" and hours and not _HOURS_A_DAY % hours:
        times = int(_HOURS_A_DAY / hours)
        return Frequency(times=times, period=Decimal(1), unit=PeriodUnit.DAY)
    rule = "a period of hours without a code: every n hours, or so many times a day"
    source.doubt(FindingCode.FREQUENCY_AMBIGUOUS, place, rule, str(hours))
    return None


def _period(source: Source, tq1: Segment, repetition: int) -> Frequency | None:
    value = source.number(tq1, 3, "phase.rhythm.frequency", 5, repetition)
    unit = _unit(source, tq1, 6, repetition)
    if value is None and tq1.value(3, 6, repetition) is None:
        return None
    if value is None or unit is None or value <= 0:
        rule = "the period of a repeat pattern must be a number above zero with a unit of time"
        place, quoted = tq1.where(3, 5, repetition), tq1.value(3, 5, repetition)
        source.doubt(FindingCode.PERIOD_INCOMPLETE, place, rule, quoted)
        return None
    return Frequency(times=1, period=value, unit=unit)


def _offset(source: Source, tq1: Segment, repetition: int) -> int | None:
    """Minutes from the event; they need a unit and must be whole."""
    value = source.number(tq1, 3, "phase.times.moments", 9, repetition)
    unit = _unit(source, tq1, 10, repetition)
    minutes = value * _SECONDS[unit] / 60 if value is not None and unit in _SECONDS else None
    if minutes is not None and minutes == int(minutes) and minutes >= 0:
        return int(minutes)
    if value is not None or tq1.value(3, 10, repetition) is not None:
        rule = "the offset of a repeat pattern must be whole minutes, with its unit"
        place, quoted = tq1.where(3, 9, repetition), tq1.value(3, 9, repetition)
        source.doubt(FindingCode.TIMING_UNSUPPORTED, place, rule, quoted)
    return None


def _unit(source: Source, tq1: Segment, component: int, repetition: int) -> PeriodUnit | None:
    said = source.text(tq1, 3, "phase.rhythm.frequency", component, repetition)
    known = source.table("time_units").target_of(said) if said else None
    return PeriodUnit(known) if known else None


def _same_period(found: Timing, period: Frequency) -> bool:
    """`BID` with 12 hours, `QAM` with one day and `Q2J2` with two weeks say the same twice."""
    code = found.frequency
    if code is None:
        unit = PeriodUnit.WEEK if found.weekdays else PeriodUnit.DAY
        return period == Frequency(times=1, period=Decimal(1), unit=unit)
    if code.unit is PeriodUnit.DAY and period.unit is PeriodUnit.HOUR and code.period == 1:
        return (code.times or 0) * (period.period or 0) == _HOURS_A_DAY
    times = len(found.weekdays) or 1
    return code == period.model_copy(update={"times": times})


def _moment_of(source: Source, event: str | None) -> Moment | None:
    """An event of table 0528, through the rows that the same words have as codes."""
    target = source.table("repeat_patterns").target_of(event) if event else None
    return Moment(target) if target in set(Moment) else None


def _same_event(source: Source, found: Timing, event: str) -> bool:
    meant = Moment.BEDTIME if event == _BEDTIME_EVENT else _moment_of(source, event)
    return _is_at(found, meant)


def _is_at(found: Timing, moment: Moment | None) -> bool:
    return moment is not None and [one.moment for one in found.moments] == [moment]


def _same_alignment(found: Timing, said: Beside) -> bool:
    """Nothing stated, the hours of the morning beside `QAM`, the weekday beside a `J` code."""
    stated = (said.alignment, said.begin, said.end)
    if stated == (None, None, None):
        return True
    if stated == _MORNING:
        return _is_at(found, Moment.MORNING)
    if said.alignment != "DW" or said.end not in {None, said.begin}:
        return False
    days = {str(number): day for number, day in enumerate(Weekday, start=1)}
    return said.begin in days and found.weekdays == (days[said.begin],)


def _with_offset(source: Source, found: Timing, said: Beside, place: str) -> Timing:
    if said.offset is None:
        return found
    if said.event is None or len(found.moments) != 1:
        rule = "minutes without the one event from which they count"
        source.doubt(FindingCode.TIMING_UNSUPPORTED, place, rule, str(said.offset))
        return found
    shifted = found.moments[0].model_copy(update={"offset_minutes": said.offset})
    return replace(found, moments=(shifted,))
