"""Amounts of a FHIR R4 Dosage: quantities, ranges, rates, ceilings, lengths of time."""

from collections.abc import Sequence

from connectors.fhir.dosage.words import all_words_of, amount_words
from connectors.fhir.form.values import Element
from connectors.fhir.resources.closing import set_aside
from mappings.catalogue import table
from schemas.finding import FindingCode
from schemas.posology import Dose, Limits
from schemas.quantity import Duration, PeriodUnit, Quantity, Ratio

_UCUM = "http://unitsofmeasure.org"
MOST_PER_PERIOD = "http://hl7.org/fhir/5.0/StructureDefinition/extension-Dosage.maxDosePerPeriod"
GAP = "http://hl7.org/fhir/StructureDefinition/dosage-minimumGapBetweenDose"
_EDQM = "http://standardterms.edqm.eu"
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
        element.use("comparator", gives)
        rule = "comparator must not stand in a simple quantity"
        element.say(FindingCode.VALUE_INVALID, "comparator", rule, element.members["comparator"])
    if unit is not None and code is not None:
        compare_units(element, unit, code, system)
    if value is None:
        if not element.has("value"):
            element.say(FindingCode.ELEMENT_MISSING, "value", "the quantity has no value")
        return None
    return Quantity(value=value, unit=unit, code=code, system=system)


def compare_units(element: Element, unit: str, code: str, system: str | None) -> None:
    """Say that the text of a unit and its code are two different units, where both are known."""
    words = table("posology/dose_units")
    said, coded = words.target_of(unit.casefold()), None
    if system in (None, _UCUM):
        coded = words.target_of(code.casefold())
    elif system == _EDQM:
        coded = table("fhir/edqm_units").target_of(code)
    if said is not None and coded is not None and said != coded:
        rule = "the text of the unit and its code are two different units"
        element.say(FindingCode.UNIT_CONTRADICTED, "unit", rule, unit)


def read_duration(element: Element, gives: str) -> Duration | None:
    """A length of time. Its UCUM code is required (FHIR R4 drt-1) and must agree with its text."""
    value = element.decimal("value", gives)
    code = element.text("code", gives)
    text = element.text("unit", gives)
    system = element.text("system", gives)
    if system is not None and system.rstrip("/") != _UCUM:
        rule = "drt-1: the system of the unit of a Duration must be UCUM"
        element.say(FindingCode.CODE_INVALID, "system", rule, system)
    if element.has("comparator"):
        element.use("comparator", gives)
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
    elif text is not None and named is None and text != code:
        rule = "the words of the unit of time are not known, its code is used"
        element.say(FindingCode.ELEMENT_UNREAD, "unit", rule, text)
    if value is None:
        element.say(FindingCode.BOUNDS_INVALID, "value", "the length has no value")
        return None
    return Duration(value=value, unit=PeriodUnit(code))


def read_dose(dosage: Element) -> Dose | None:
    """The dose: the one `doseAndRate`, or among several the one typed `ordered`.

    STU3 puts `dose[x]` and `rate[x]` on the Dosage itself; that is read too.
    """
    listed = dosage.children("doseAndRate")
    old = [child for name in (*_DOSES, *_RATES) if (child := dosage.child(name))]
    if not listed:
        return _dose(dosage) if old else None
    ordered = [one for one in listed if _is_ordered(one)]
    chosen = listed if len(listed) == 1 else ordered
    if len(chosen) != 1 or old:
        rule = "several doses, and not exactly one of them is typed ordered"
        dosage.say(FindingCode.DOSE_SEVERAL, "doseAndRate", rule)
        for one in (*listed, *old):
            set_aside(one, "dose: one of several")
        return None
    _say_not_ordered(chosen[0], listed, ordered)
    return _dose(chosen[0])


def _say_not_ordered(
    chosen: Element, listed: Sequence[Element], ordered: Sequence[Element]
) -> None:
    """The doses that are left, and the only dose when its type is another than ordered."""
    for one in listed:
        if one is not chosen:
            rule = "a dose that is not the ordered one is not used"
            one.doubts.say(FindingCode.ELEMENT_UNREAD, one.at, rule, _dose_words(one))
            set_aside(one, "dose: not the ordered one")
    kind = chosen.child("type")
    if kind is not None and not ordered:
        rule = "the dose is of another type than ordered"
        words = " ".join(all_words_of(kind, "dose"))
        chosen.say(FindingCode.ELEMENT_UNREAD, "type", rule, words or None)
    elif kind is not None:
        set_aside(kind, "dose")


def _dose_words(stated: Element) -> str | None:
    amount = stated.child("doseQuantity")
    if amount is None:
        return None
    members = amount.members
    return f"{members.get('value')} {members.get('unit') or members.get('code') or ''}".strip()


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
        set_aside(between, "dose: one of several")
    low = high = read_quantity(exact, "dose") if exact else None
    if exact is None and between is not None:
        ends = [between.child(name) for name in ("low", "high")]
        low, high = (read_quantity(end, "dose") if end else None for end in ends)
    rate = _rate(stated)
    if low is None and high is None and rate is None:
        return None
    return Dose(low=low, high=high, rate=rate, per_body=any(map(is_per_body, (low, high))))


def is_per_body(quantity: Quantity | None) -> bool:
    """Whether the unit makes the amount one by kilogram or surface."""
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
    return joint.join(amount_words(q) for q in quantities if q) or "?"


def read_limits(dosage: Element) -> Limits:
    """The ceilings of the Dosage. One that cannot be read is a doubt, and never dropped."""
    given = dosage.members.get("maxDosePerPeriod")
    several = dosage.children("maxDosePerPeriod") if isinstance(given, list) else ()
    single = None if isinstance(given, list) else dosage.child("maxDosePerPeriod")
    more = [value for url, value in _extended(dosage, "valueRatio") if url == MOST_PER_PERIOD]
    ratios = [_ratio(one) for one in (*several, *([single] if single else ()), *more)]
    gaps = [value for url, value in _extended(dosage, "valueDuration") if url == GAP]
    return Limits(
        per_period=tuple(ratio for ratio in ratios if ratio is not None),
        per_intake=_ceiling(dosage, "maxDosePerAdministration", "limits.per_intake"),
        per_lifetime=_ceiling(dosage, "maxDosePerLifetime", "limits.per_lifetime"),
        minimum_gap=read_duration(gaps[0], "limits.minimum_gap") if gaps else None,
    )


def _extended(dosage: Element, name: str) -> list[tuple[str, Element]]:
    """The values of the extensions that state a ceiling, with their URL."""
    found = []
    for extension in dosage.children("extension"):
        url, value = extension.members.get("url"), extension.child(name)
        if url in (MOST_PER_PERIOD, GAP) and value is not None:
            extension.use("url", "limits")
            found.append((str(url), value))
    return found


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
