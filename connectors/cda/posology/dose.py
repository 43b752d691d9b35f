"""Amounts of a posology: the dose of one intake, its ceilings, what to supply."""

from typing import TYPE_CHECKING

from connectors.cda.scribe import Scribe, child, children
from connectors.cda.templates import UCUM
from mappings.catalogue import table
from schemas.finding import FindingCode
from schemas.posology import Dose, Limits
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio

if TYPE_CHECKING:
    from lxml.etree import _Element


_UNITY = "1"
"""UCUM: no unit at all, and what the schema gives to an amount that states none."""


def quantity(scribe: Scribe, element: "_Element | None", gives: str) -> Quantity | None:
    """The amount of a PQ: `@value` and `@unit`, a UCUM code that the units table names."""
    if element is None:
        return None
    value = scribe.amount(element, "value", gives)
    if value is None:
        return None
    code = scribe.take(element, "unit", gives)
    if code in (None, _UNITY):
        return Quantity(value=value)
    label = table("cda/units", scribe.site.name).target_of(code)
    return Quantity(value=value, unit=label, code=code, system=UCUM)


def duration(
    scribe: Scribe, element: "_Element | None", gives: str, missing: FindingCode
) -> Duration | None:
    """A length of time. A number or a unit that is absent or unknown is a finding `missing`."""
    if element is None:
        return None
    value = scribe.amount(element, "value", gives)
    unit = scribe.take(element, "unit", gives)
    known = table("cda/periods", scribe.site.name).target_of(unit or "")
    if value and known:
        return Duration(value=value, unit=PeriodUnit(known))
    scribe.doubt(
        missing,
        scribe.at(element),
        "a length of time needs a number above zero and a unit of time",
        f"{element.get('value', '')} {unit or ''}".strip() or element.get("nullFlavor"),
    )
    return None


def read_dose(scribe: Scribe, entry: "_Element") -> Dose | None:
    """The dose of one intake; `None` when neither a dose nor a rate is stated."""
    stated = list(children(entry, "doseQuantity"))
    if len(stated) > 1:
        scribe.doubt(
            FindingCode.DOSE_SEVERAL, scribe.at(stated[1]), "a line must have one doseQuantity"
        )
    low, high = _span(scribe, stated[0] if stated else None)
    _check_units(scribe, stated, [each for each in (low, high) if each is not None])
    rate = _rate(scribe, child(entry, "rateQuantity"))
    if low is None and high is None and rate is None:
        return None
    return Dose(low=low, high=high, rate=rate)


def _span(scribe: Scribe, stated: "_Element | None") -> tuple[Quantity | None, Quantity | None]:
    if stated is None:
        return None, None
    single = quantity(scribe, stated, "phase.dose")
    if single is not None:
        return single, single
    return (
        quantity(scribe, child(stated, "low"), "phase.dose"),
        quantity(scribe, child(stated, "high"), "phase.dose"),
    )


def _check_units(scribe: Scribe, stated: "list[_Element]", amounts: list[Quantity]) -> None:
    """A unit of a dose must be one of the units table: what is not there has no meaning."""
    unknown = {each.code for each in amounts if each.code is not None and each.unit is None}
    for code in sorted(unknown):
        rule = "the unit of a dose must be one of the units table"
        scribe.doubt(FindingCode.UNIT_UNKNOWN, scribe.at(stated[0]), rule, code)


def _rate(scribe: Scribe, stated: "_Element | None") -> str | None:
    """`1500 mg/d` or `1500 mg/d - 3000 mg/d`, and the words of the narrative for it."""
    if stated is None:
        return None
    ends = [stated, child(stated, "low"), child(stated, "high")]
    texts = []
    for end in ends:
        value = scribe.take(end, "value", "phase.dose.rate")
        if value is not None:
            unit = scribe.take(end, "unit", "phase.dose.rate")
            texts.append(f"{value} {unit}" if unit else value)
    coded, printed = (
        " - ".join(dict.fromkeys(texts)),
        amount_words(scribe, stated, "phase.dose.rate"),
    )
    return f"{coded} ({printed})" if coded and printed else coded or printed


def amount_words(scribe: Scribe, stated: "_Element | None", gives: str) -> str | None:
    """The words of a range: `1 cp à 2 cp`, or `1 cp` when both ends say the same."""
    if stated is None:
        return None
    texts = (
        scribe.original(original, gives, FindingCode.REFERENCE_UNRESOLVED)
        for original in stated.iter("{*}originalText")
    )
    return " à ".join(dict.fromkeys(text for text in texts if text)) or None


def read_limits(scribe: Scribe, entry: "_Element") -> Limits:
    """The ceilings of `maxDoseQuantity`: an amount in a period."""
    ratios = (_ceiling(scribe, stated) for stated in children(entry, "maxDoseQuantity"))
    return Limits(per_period=tuple(ratio for ratio in ratios if ratio is not None))


def _ceiling(scribe: Scribe, stated: "_Element") -> Ratio | None:
    top, bottom = child(stated, "numerator"), child(stated, "denominator")
    if not any(end is not None and end.get("value") for end in (top, bottom)):
        return None
    missing = FindingCode.MAXIMUM_NOT_COMPARABLE
    amount = quantity(scribe, top, "phase.limits")
    period = duration(scribe, bottom, "phase.limits", missing)
    if amount is not None and period is not None:
        return Ratio(amount=amount, period=period)
    if bottom is None or amount is None:
        scribe.doubt(missing, scribe.at(stated), "maxDoseQuantity needs an amount and a period")
    return None
