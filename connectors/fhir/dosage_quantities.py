"""Amounts of a FHIR R4 Dosage: quantities, ranges, rates, ceilings, lengths of time."""

from connectors.fhir.dosage_values import Element
from connectors.fhir.timing_rules import check_modifiers
from mappings.catalogue import table
from schemas.finding import FindingCode
from schemas.posology import Dose, Limits
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio

_UCUM = "http://unitsofmeasure.org"
_PER_BODY = ("/kg", "/m2", "/m²")


def read_quantity(element: Element, gives: str) -> Quantity | None:
    """The quantity as sent; without a value it is none, and that is said.

    A comparator has no place in a SimpleQuantity. Unit and code that name two different units
    are a doubt.
    """
    value = element.decimal("value", gives)
    unit = element.text("unit", gives)
    code = element.text("code", gives)
    system = element.text("system", gives)
    if element.has("comparator"):
        rule = "comparator must not stand in a simple quantity"
        element.say(FindingCode.VALUE_INVALID, "comparator", rule, element.members["comparator"])
    if unit is not None and code is not None and system in (None, _UCUM):
        _compare_units(element, unit, code)
    if value is None:
        if not element.has("value"):
            element.say(FindingCode.ELEMENT_MISSING, "value", "the quantity has no value")
        return None
    return Quantity(value=value, unit=unit, code=code, system=system)


def _compare_units(element: Element, unit: str, code: str) -> None:
    words = table("posology/dose_units")
    said, coded = words.target_of(unit.casefold()), words.target_of(code.casefold())
    if said is not None and coded is not None and said != coded:
        rule = "the text of the unit and its code are two different units"
        element.say(FindingCode.UNIT_CONTRADICTED, "unit", rule, unit)


def read_duration(element: Element, gives: str) -> Duration | None:
    """A length of time. Its UCUM code is required (FHIR R4 drt-1) and must agree with its text."""
    value = element.decimal("value", gives)
    code = element.text("code", gives)
    text = element.text("unit", gives)
    element.use("system", gives)
    if element.has("comparator"):
        rule = "a length with a comparator is a range"
        element.say(FindingCode.BOUNDS_RANGE, "comparator", rule, element.members["comparator"])
    if code not in set(PeriodUnit):
        rule = "drt-1: a Duration must have a UCUM code of time"
        element.say(FindingCode.CODE_INVALID, "code", rule, code)
        return None
    named = None if text is None else table("posology/time_units").target_of(text.casefold())
    if named is not None and named != code:
        rule = "the text of the unit and its code are two different units of time"
        element.say(FindingCode.UNIT_CONTRADICTED, "unit", rule, text)
    if value is None:
        element.say(FindingCode.BOUNDS_INVALID, "value", "the length has no value")
        return None
    return Duration(value=value, unit=PeriodUnit(code))


def read_dose(dosage: Element) -> Dose | None:
    """The dose: the one `doseAndRate`, or among several the one typed `ordered`.

    STU3 puts `dose[x]` and `rate[x]` on the Dosage itself; that is read too.
    """
    listed = dosage.children("doseAndRate")
    for stated in listed:
        check_modifiers(stated)
    old = any(dosage.has(name) for name in (*_DOSES, *_RATES))
    if not listed:
        return _dose(dosage) if old else None
    chosen = listed if len(listed) == 1 else [one for one in listed if _is_ordered(one)]
    if len(chosen) != 1 or old:
        rule = "several doses, and not exactly one of them is typed ordered"
        dosage.say(FindingCode.DOSE_SEVERAL, "doseAndRate", rule)
        return None
    return _dose(chosen[0])


_DOSES = ("doseQuantity", "doseRange")
_RATES = ("rateRatio", "rateRange", "rateQuantity")


def _is_ordered(stated: Element) -> bool:
    kind = stated.child("type")
    codings = kind.children("coding") if kind else ()
    return any(coding.text("code", "dose") == "ordered" for coding in codings)


def _dose(stated: Element) -> Dose | None:
    exact, between = stated.child("doseQuantity"), stated.child("doseRange")
    if exact is not None and between is not None:
        rule = "doseQuantity and doseRange exclude each other"
        stated.say(FindingCode.DOSE_SEVERAL, "doseRange", rule)
    low = high = read_quantity(exact, "dose") if exact else None
    if exact is None and between is not None:
        ends = [between.child(name) for name in ("low", "high")]
        low, high = (read_quantity(end, "dose") if end else None for end in ends)
    rate = _rate(stated)
    if low is None and high is None and rate is None:
        return None
    return Dose(low=low, high=high, rate=rate, per_body=any(map(_is_per_body, (low, high))))


def _is_per_body(quantity: Quantity | None) -> bool:
    if quantity is None:
        return False
    units = f"{quantity.unit or ''} {quantity.code or ''}"
    return any(mark in units.replace(" ", "") for mark in _PER_BODY)


def _rate(stated: Element) -> str | None:
    parts: list[str] = []
    for name in _RATES:
        rate = stated.child(name)
        if rate is not None:
            parts.append(_rate_text(rate))
    return "; ".join(parts) or None


def _rate_text(rate: Element) -> str:
    ends = [rate.child(name) for name in ("numerator", "denominator", "low", "high")]
    quantities = [read_quantity(end, "dose.rate") for end in ends if end is not None]
    if not quantities:
        quantities = [read_quantity(rate, "dose.rate")]
    joint = " / " if rate.has("denominator") else " - "
    return joint.join(f"{q.value:f} {q.unit_label or ''}".strip() for q in quantities if q) or "?"


def read_limits(dosage: Element) -> Limits:
    """The ceilings of the Dosage. One that cannot be read is a doubt, and never dropped."""
    given = dosage.members.get("maxDosePerPeriod")
    several = dosage.children("maxDosePerPeriod") if isinstance(given, list) else ()
    single = None if isinstance(given, list) else dosage.child("maxDosePerPeriod")
    ratios = [_ratio(one) for one in (*several, *([single] if single else ()))]
    return Limits(
        per_period=tuple(ratio for ratio in ratios if ratio is not None),
        per_intake=_ceiling(dosage, "maxDosePerAdministration", "limits.per_intake"),
        per_lifetime=_ceiling(dosage, "maxDosePerLifetime", "limits.per_lifetime"),
    )


def _ceiling(dosage: Element, name: str, gives: str) -> Quantity | None:
    element = dosage.child(name)
    return read_quantity(element, gives) if element else None


def _ratio(ratio: Element) -> Ratio | None:
    ends = (ratio.child("numerator"), ratio.child("denominator"))
    amount = read_quantity(ends[0], "limits.per_period.amount") if ends[0] else None
    period = read_duration(ends[1], "limits.per_period.period") if ends[1] else None
    if amount is None or period is None:
        rule = "the maximum has no amount or no period that can be read"
        ratio.doubts.say(FindingCode.MAXIMUM_NOT_COMPARABLE, ratio.at, rule)
        return None
    return Ratio(amount=amount, period=period)
