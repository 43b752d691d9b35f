"""The kinds of value of PN13: dates, numbers, booleans, quantities, lengths of time.

Each comes back as `None` with a doubt on the notebook when it cannot be read.
"""

import re
from contextlib import suppress
from datetime import date, time
from decimal import Decimal

from connectors.dates import read_timestamp
from connectors.pn13.tree import Cursor, Value, is_of_the_standard
from mappings.table import Table
from schemas.base import DateOrInstant, is_whole
from schemas.codes import Coding
from schemas.finding import FindingCode
from schemas.quantity import Duration, PeriodUnit, Quantity

_NUMBER = re.compile(r"0,[0-9]{3}|[0-9]{1,12}(?:\.[0-9]{1,6}|,[0-9]{1,2}|,[0-9]{4,6})?")
"""A comma before exactly three digits may be a thousands separator: it is not read, except
after a lone zero (`0,125`), where no thousands can stand."""

_CLOCK = re.compile(r"([01][0-9]|2[0-3])(?::?([0-5][0-9])(?::?([0-5][0-9]))?)?")
_YES, _NO = frozenset({"1", "true"}), frozenset({"0", "false"})


def timestamp(at: Cursor, stated: Value, code: FindingCode) -> DateOrInstant | None:
    """`AAAAMMJJ[HH[MM[SS]]]`, local to the site. Of sixteen digits the last two are ignored,
    as the published translation of such a message does, with a doubt unless they are zero.
    """
    text = stated.text
    if re.fullmatch(r"[0-9]{16}", text):
        if text[14:] != "00":
            at.notebook.doubt(
                FindingCode.STRUCTURE_INVALID,
                stated.place,
                "a date has at most fourteen digits: the last two were ignored",
                text,
            )
        text = text[:14]
    try:
        return read_timestamp(text, at.notebook.zone)
    except ValueError as error:
        at.notebook.doubt(code, stated.place, f"not a usable date: {_rule(error)}", stated.text)
        return None


def _rule(error: ValueError) -> str:
    """The rule alone: the calendar's own errors quote the value."""
    text = str(error)
    return text if text.startswith("must") else "must be a date of the calendar"


def calendar_day(at: Cursor, stated: Value) -> date | None:
    """The day of a date whose time, if any, means nothing (a birth date)."""
    text = stated.text
    if re.fullmatch(r"[0-9]{8}(?:[0-9]{2}){0,4}", text):
        with suppress(ValueError):
            return date(int(text[:4]), int(text[4:6]), int(text[6:8]))
    at.notebook.doubt(
        FindingCode.VALUE_INVALID, stated.place, "must be a day of the calendar", stated.text
    )
    return None


def number(at: Cursor, stated: Value) -> Decimal | None:
    """A number above or equal to zero, with the sender's own precision."""
    if _NUMBER.fullmatch(stated.text):
        return Decimal(stated.text.replace(",", "."))
    at.notebook.doubt(
        FindingCode.VALUE_INVALID, stated.place, "must be a plain decimal number", stated.text
    )
    return None


def whole(at: Cursor, stated: Value) -> int | None:
    """A whole number; `1.0` is one."""
    amount = number(at, stated)
    if amount is None or is_whole(amount):
        return None if amount is None else int(amount)
    at.notebook.doubt(
        FindingCode.VALUE_INVALID, stated.place, "must be a whole number", stated.text
    )
    return None


def known(
    at: Cursor,
    stated: Value | None,
    table_name: str,
    rule: str,
    code: FindingCode = FindingCode.CODE_INVALID,
) -> str | None:
    """What a table says of a code; `None` when nothing is stated, or with a doubt when no row
    has it.
    """
    target = at.table(table_name).target_of(stated.text) if stated else None
    if stated is not None and target is None:
        at.notebook.doubt(code, stated.place, rule, stated.text)
    return target


def boolean(at: Cursor, name: str, gives: str) -> bool | None:
    """A boolean element (`1`, `0`, `true`, `false`)."""
    stated = at.take(name, gives=gives)
    if stated is None:
        return None
    if stated.text.lower() in _YES | _NO:
        return stated.text.lower() in _YES
    at.notebook.doubt(
        FindingCode.CODE_INVALID, stated.place, f"{name} must be 0, 1, false or true", stated.text
    )
    return None


def quantity(at: Cursor, gives: str) -> Quantity | None:
    """`Nombre` and `Unité` of this element.

    A unit of the free set or of UCUM is the code as sent; one of EDQM, or of a list of the site,
    is shown by its label. `None` when there is no number; a unit alone then stays unread.
    """
    stated = at.take("Nombre", gives=f"{gives}.value")
    amount = number(at, stated) if stated else None
    unit = at.child("Unité") if stated else None
    code = unit.taken(f"{gives}.unit") if unit is not None else None
    if amount is None or unit is None or code is None:
        return Quantity(value=amount) if amount is not None else None
    system = unit.attribute("Phast-nomenclature", f"{gives}.system")
    label = unit_label(code.text, system, at.table("pn13/units"))
    if label is None:
        unit.doubt(FindingCode.UNIT_UNKNOWN, "Unité is not in the site's table pn13/units")
    coded = system is not None
    as_sent = not coded or system == "UCUM" or code.text == "dose"
    return Quantity(
        value=amount,
        unit=code.text if as_sent else label,
        code=code.text if coded else None,
        system=system,
    )


def unit_label(code: str, system: str | None, units: Table) -> str | None:
    """The unit for people; `None` when nobody stated what the code means."""
    if system == "UCUM" or code == "dose":
        return code
    return meaning(code, system, units)


def meaning(code: str, nomenclature: str | None, known: Table) -> str | None:
    """What a code means by a table of the CIO free set; `None` when nobody stated it.

    A code without nomenclature, or of a list of the standard (`SIPh…`), is of the free set; one
    of EDQM stands in the words of its row. A code of any other list is the row `list|code` that
    the site states. Source: ANS e-prescription IG, ConceptMaps of units, routes and forms.
    """
    if nomenclature is None or is_of_the_standard(nomenclature):
        return known.target_of(code)
    if nomenclature == "EDQM":
        return next((row.target for row in known if row.text == f"EDQM {code}"), None)
    return known.target_of(f"{nomenclature}|{code}")


def duration(at: Cursor, gives: str) -> Duration | None:
    """A length of time: `Nombre` with a unit of time, or `HHMM` in one number. `None` when there
    is no number; a unit alone then stays unread.
    """
    stated = at.take("Nombre", gives=f"{gives}.value")
    if stated is None:
        return None
    where = at.child("Unité")
    unit = where.taken(f"{gives}.unit") if where is not None else None
    if where is None or unit is None:
        at.doubt(FindingCode.PERIOD_INCOMPLETE, f"{at.name} has no unit", stated.text)
        return None
    if unit.text == "HHMM" and re.fullmatch(r"[0-9]{2}[0-5][0-9]", stated.text):
        minutes = int(stated.text[:2]) * 60 + int(stated.text[2:])
        return Duration(value=Decimal(minutes), unit=PeriodUnit.MINUTE)
    amount = number(at, stated)
    list_name = where.attribute("Phast-nomenclature", f"{gives}.system")
    coded = None if list_name == "UCUM" else list_name
    known = meaning(unit.text, coded, at.table("pn13/time_units"))
    if known is None:
        where.doubt(FindingCode.UNIT_UNKNOWN, "Unité must be a unit of time")
    if amount is None or known is None:
        return None
    return Duration(value=amount, unit=PeriodUnit(known))


def minutes_of(length: Duration) -> int | None:
    """A length of time in minutes; `None` when it is not a whole number of them, or months."""
    factor = {PeriodUnit.MINUTE: 1, PeriodUnit.HOUR: 60, PeriodUnit.DAY: 24 * 60}
    if length.unit not in factor:
        return None
    minutes = length.value * factor[length.unit]
    return int(minutes) if is_whole(minutes) else None


def clock(text: str) -> time | None:
    """A time of day as `HH[MM[SS]]`, with or without colons."""
    shape = _CLOCK.fullmatch(text)
    if shape is None:
        return None
    return time(int(shape[1]), int(shape[2] or 0), int(shape[3] or 0))


def coding(at: Cursor | None, table_name: str, gives: str) -> Coding | None:
    """A code with its label: the sender's own, else that of the table."""
    stated = at.taken(gives) if at is not None else None
    if at is None or stated is None:
        return None
    said = at.attribute("Phast-signification", f"{gives}.display")
    system = at.attribute("Phast-nomenclature", f"{gives}.system")
    return Coding(
        code=stated.text,
        system=system,
        display=said or meaning(stated.text, system, at.table(table_name)),
    )
