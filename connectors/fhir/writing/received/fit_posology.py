"""A posology statement in the words of FHIR R4: ends that are included, limits and moments as R4
and the ConceptMaps from PN13 have them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from zoneinfo import ZoneInfo

from connectors.fhir.dosage.timing_rules import FRENCH_MOMENTS
from connectors.fhir.writing.received.fit_codes import Codes
from connectors.fhir.writing.stated import Unsayable, closed_bounds
from schemas.base import DateOrInstant
from schemas.posology import Bounds, Dose, Frequency, Limits, Phase, Times
from schemas.quantity import Duration, PeriodUnit, Ratio

_DAY = Duration(value=Decimal(1), unit=PeriodUnit.DAY)
_24_HOURS = Duration(value=Decimal(24), unit=PeriodUnit.HOUR)


@dataclass(frozen=True, slots=True)
class Timings:
    """The translation of when and how much, by the rules of the format."""

    codes: Codes
    zone: ZoneInfo
    format: str

    @property
    def is_pn13(self) -> bool:
        """Whether the ConceptMaps from PN13 hold."""
        return self.format == "pn13"

    def phases(self, phase: Phase, renamed: dict[str, str]) -> Iterator[Phase]:
        """The phase, in as many parts as one Timing each can hold. `renamed` are the words of
        notes that have others now.
        """
        said = tuple(renamed.get(words, words) for words in phase.instructions)
        limits, rhythm = self._limits(phase.limits), phase.rhythm
        gap = limits.minimum_gap
        bare = rhythm.frequency is None and not rhythm.dates
        if self.is_pn13 and phase.as_needed and gap is not None and bare:
            often = Frequency(times_high=1, period=gap.value, unit=gap.unit)
            rhythm = rhythm.model_copy(update={"frequency": often})
        made = phase.model_copy(
            update={
                "instructions": said,
                "bounds": self._bounds(phase.bounds),
                "rhythm": rhythm,
                "timing_code": self.codes.listed(phase.timing_code),
                "dose": self._dose(phase.dose) if phase.dose is not None else None,
                "limits": limits,
            }
        )
        for times in _sayable_times(made):
            yield made.model_copy(update={"times": times})

    def _bounds(self, bounds: Bounds) -> Bounds:
        try:
            if self.format == "hl7v2" and bounds.start and bounds.end and bounds.duration:
                return self._earliest(bounds)
            return closed_bounds(bounds, self.zone)
        except Unsayable:
            return bounds

    def _earliest(self, bounds: Bounds) -> Bounds:
        """Of a length and an end, the one that ends first. Source: HL7 v2.5.1, TQ1-8: "the service
        should be stopped at the earliest of" both.
        """
        by_end = closed_bounds(bounds.model_copy(update={"duration": None}), self.zone)
        by_length = closed_bounds(bounds.model_copy(update={"end": None}), self.zone)
        return min(by_end, by_length, key=lambda closed: self._instant(closed.end))

    def _instant(self, end: DateOrInstant | None) -> datetime:
        """When an end is over: a day, at its last moment."""
        if isinstance(end, datetime):
            return end
        return datetime.combine(end or date.max, time.max, self.zone)

    def _dose(self, dose: Dose) -> Dose:
        update = {"low": self.codes.amount(dose.low), "high": self.codes.amount(dose.high)}
        return dose.model_copy(update=update)

    def _limits(self, limits: Limits) -> Limits:
        return limits.model_copy(
            update={
                "per_period": tuple(self._ratio(ratio) for ratio in limits.per_period),
                "per_intake": self.codes.amount(limits.per_intake),
                "per_lifetime": self.codes.amount(limits.per_lifetime),
            }
        )

    def _ratio(self, ratio: Ratio) -> Ratio:
        """The ConceptMap says one day where PN13 says 24 hours."""
        period = _DAY if self.is_pn13 and ratio.period == _24_HOURS else ratio.period
        return Ratio(amount=self.codes.units.coded(ratio.amount), period=period)


def _sayable_times(phase: Phase) -> Iterator[Times]:
    """The moments of a phase, in as many parts as one Timing each can hold.

    Only where every moment is an intake of every day of the rhythm: a frequency or a count is of
    them all together, and hours of the clock beside them may be the same intakes again.
    """
    times = phase.times
    together = phase.rhythm.frequency is not None or phase.bounds.count is not None
    parts: dict[tuple[object, ...], list[object]] = {}
    for moment in times.moments:
        french = moment.moment if moment.moment in FRENCH_MOMENTS else None
        parts.setdefault((moment.offset_minutes, french), []).append(moment)
    if together or times.clock or len(parts) < 2:
        yield times
        return
    for listed in parts.values():
        yield Times.model_validate({"moments": tuple(listed)})
