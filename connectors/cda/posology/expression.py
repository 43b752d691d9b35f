"""A time expression: the kinds of its parts, and how set operators put them together.

A posology is one treatment period, one choice of days and one choice of times, all intersected.
An expression that cannot be brought into that form is a finding. Source: HL7 v3 Data Types R1,
SXCM: a set is built in the order of its components, each one included (`I`, the default),
intersected (`A`), excluded (`E`), or put into a hull (`H`, `P`).
"""

from collections.abc import Iterable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import TYPE_CHECKING, TypeAlias

from connectors.cda.scribe import Scribe, child, children, type_of
from mappings.catalogue import table
from schemas.finding import FindingCode
from schemas.quantity import PeriodUnit

if TYPE_CHECKING:
    from lxml.etree import _Element

_HOURS_A_DAY = 24
_OF_DAYS = frozenset({PeriodUnit.DAY, PeriodUnit.WEEK, PeriodUnit.MONTH, PeriodUnit.YEAR})


class Kind(StrEnum):
    """What a part of a time expression is: its data type, and windows of several days apart."""

    INTERVAL = "IVL_TS"
    PERIODIC = "PIVL_TS"
    EVENT = "EIVL_TS"
    SET = "SXPR_TS"
    POINT = "TS"
    WINDOW = "PIVL_TS of days"


Parts: TypeAlias = "dict[Kind, list[_Element]]"
"""The parts of an expression by their kind: kinds are intersected, parts of one kind united."""

_UNITED = frozenset({Kind.PERIODIC, Kind.EVENT, Kind.POINT})
_OPERATORS = {
    "E": "a time that is excluded (operator E) has no place in a posology",
    "H": "a convex hull (operator H) has no place in a posology",
    "P": "a periodic hull (operator P) has no place in a posology",
}


def kind_of(element: "_Element") -> Kind | None:
    """The declared type, else the type whose parts the element has; `None` for any other type."""
    declared = type_of(element)
    if declared not in (None, "SXCM_TS", *Kind):
        return None
    kind = Kind(declared) if declared in tuple(Kind) else _by_parts(element)
    return Kind.WINDOW if kind is Kind.PERIODIC and _lasts_days(element) else kind


def _by_parts(element: "_Element") -> Kind:
    for name, kind in (("period", Kind.PERIODIC), ("event", Kind.EVENT), ("comp", Kind.SET)):
        if child(element, name) is not None:
            return kind
    return Kind.POINT if element.get("value") else Kind.INTERVAL


def _lasts_days(periodic: "_Element") -> bool:
    """Whether each turn of a rhythm lasts a day or more."""
    width = child(periodic, "phase", "width")
    unit = (
        table("cda/periods").target_of((width.get("unit") or "").strip())
        if width is not None
        else None
    )
    if width is None or unit is None:
        return False
    try:
        value = Decimal(width.get("value", ""))
    except InvalidOperation:
        return False
    return unit in _OF_DAYS or (unit == PeriodUnit.HOUR and value >= _HOURS_A_DAY)


def parts_of(scribe: Scribe, elements: "Iterable[_Element]") -> Parts:
    """The parts that these components have together, nested sets included."""
    whole: Parts = {}
    for place, element in enumerate(elements):
        operator = scribe.take(element, "operator", "phase.rhythm") or "I"
        kind = kind_of(element)
        if kind is None:
            scribe.unsupported(element, "this type of time expression is not read")
        elif operator in ("A", "I"):
            one: Parts = {kind: [element]}
            if kind is Kind.SET:
                one = _components(scribe, element)
            rule = _fault(operator, whole, one) if place else None
            if rule is not None:
                scribe.unsupported(element, rule)
            for each, several in one.items():
                whole.setdefault(each, []).extend(several)
        else:
            rule = _OPERATORS.get(operator, "the operator must be one of A, E, H, I, P")
            scribe.unsupported(element, rule)
    return whole


def _components(scribe: Scribe, element: "_Element") -> Parts:
    parts = parts_of(scribe, children(element, "comp"))
    if not parts:
        rule = "SXPR_TS needs components that can be read"
        scribe.doubt(FindingCode.TIMING_INVALID, scribe.at(element), rule)
    return parts


def _fault(operator: str, whole: Parts, one: Parts) -> str | None:
    """Why the set so far and the next component make no posology together."""
    if operator == "A":
        if whole.keys() & one.keys():
            return "two statements of one kind at once (operator A) name no common time"
        return None
    if whole.keys() == one.keys() and len(one) == 1 and one.keys() <= _UNITED:
        return None
    return "only times of one kind can be united: operator A is expected here"
