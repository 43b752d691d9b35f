"""The tab-separated file of pill robots: 83 columns, one line for each patient, drug and pattern.

Layout as a public PN13 converter for such a robot documents it: days count from the first day
(1 to 31), hours are 1 to 24, a missing value is one space, *si besoin* has only zeros. The
file cannot say minutes, nor two doses within one hour, nor midnight: those are refused.
"""

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

from connectors.tabular.needed import needed_comment
from schemas.base import plain_decimal
from schemas.codes import ProductCodeSystem
from schemas.delivery import ReleasedLine, ReleasedSchedule
from schemas.errors import Refused
from schemas.export import Envelope
from schemas.organiser import BesideReason, Place
from schemas.people import IdentifierKind, Patient
from schemas.prescription import Line
from schemas.schedule import PlannedIntake

HOURS, DAYS, COLUMNS = 24, 31, 83
BLANK = " "
_NATIONAL = (IdentifierKind.INS_NIR, IdentifierKind.INS_NIA, IdentifierKind.NIR)
Pattern = tuple[Decimal, ...]
"""The quantity of each hour of a day, hour 1 first."""


def write_robot(export: ReleasedSchedule, envelope: Envelope) -> bytes:
    """The lines of the file, ended by CR LF, in UTF-8.

    Raises: `Refused` for a line that the layout cannot carry; nothing is written then.
    """
    if not 1 <= export.days <= DAYS:
        raise Refused(f"a robot file covers 1 to {DAYS} days")
    lines = [
        "\t".join(_clean(cell) for cell in cells) + "\r\n"
        for released in export.lines
        for cells in _lines(export, released, envelope)
    ]
    return "".join(lines).encode()


def _clean(cell: str) -> str:
    """The cell in one piece: a tab or a line end inside it would move the columns."""
    return " ".join(cell.split()) or BLANK


def _lines(
    export: ReleasedSchedule, released: ReleasedLine, envelope: Envelope
) -> Iterator[list[str]]:
    for pattern, days in _patterns(export, released).items():
        yield _cells(export, released, envelope, (pattern, days))
    for needed in released.schedule.as_needed:
        yield _cells(export, released, envelope, None, needed_comment(needed))


def _first_day(export: ReleasedSchedule, zone: str) -> date:
    return export.first_day.astimezone(ZoneInfo(zone)).date()


def _patterns(export: ReleasedSchedule, released: ReleasedLine) -> dict[Pattern, set[int]]:
    """The days of each pattern of hours, numbered from 1, in the order of their first day."""
    first = _first_day(export, released.schedule.zone)
    by_day: dict[int, list[Decimal]] = {}
    for planned in released.planned:
        number = (planned.due_at.date() - first).days + 1
        if not 1 <= number <= export.days:
            raise Refused(f"{released.line.location}: an intake lies outside the days exported")
        hours = by_day.setdefault(number, [Decimal(0)] * HOURS)
        _put(hours, planned.due_at.hour, _units(released, planned), released.line)
    patterns: dict[Pattern, set[int]] = {}
    for number in sorted(by_day):
        patterns.setdefault(tuple(by_day[number]), set()).add(number)
    return patterns


def _units(released: ReleasedLine, planned: PlannedIntake) -> Decimal | None:
    """What a robot counts: units where the line goes in, else the amount as prescribed."""
    if _goes_in(released):
        count = released.placement.counts[planned.step]
        return Decimal(count.numerator) / count.denominator if count is not None else None
    return planned.quantity.value if planned.quantity is not None else None


def _put(hours: list[Decimal], hour: int, quantity: Decimal | None, line: Line) -> None:
    if quantity is None:
        raise Refused(f"{line.location}: an intake of a robot file must have a quantity")
    if hour == 0:
        raise Refused(f"{line.location}: a robot file cannot say the hour after midnight")
    if hours[hour - 1]:
        raise Refused(f"{line.location}: a robot file cannot say two intakes in one hour")
    hours[hour - 1] = quantity


def _cells(
    export: ReleasedSchedule,
    released: ReleasedLine,
    envelope: Envelope,
    planned: tuple[Pattern, set[int]] | None,
    comment: str | None = None,
) -> list[str]:
    """The 83 cells. `planned` is `None` for a line taken as needed: its comment says all of it."""
    zone = released.schedule.zone
    first = _first_day(export, zone)
    pattern, days = planned or ((Decimal(0),) * HOURS, set())
    sent = envelope.created_at.astimezone(ZoneInfo(zone))
    line = released.line
    return [
        *_place(export),
        *_people(export),
        first.strftime("%Y%m%d"),
        (first + timedelta(days=export.days - 1)).strftime("%Y%m%d"),
        *_product(released, as_needed=planned is None),
        *(_number(quantity) for quantity in pattern),
        *("1" if number in days else "0" for number in range(1, DAYS + 1)),
        _social_number(export.prescription.patient),
        export.prescription.identifiers[0].value if export.prescription.identifiers else "",
        "",
        line.identifier or "",
        export.decision.decided_by.user,
        sent.strftime("%d/%m/%Y"),
        sent.strftime("%H:%M"),
        comment if comment is not None else _comment(released),
        (export.prescription.stay.room or "") if export.prescription.stay is not None else "",
        _birth(export.prescription.patient),
    ]


def _number(quantity: Decimal) -> str:
    """`1`, `0.5`, never `1.0`: the file holds amounts, not their precision."""
    text = plain_decimal(quantity)
    return text.rstrip("0").rstrip(".") if "." in text else text


def _place(export: ReleasedSchedule) -> tuple[str, str, str, str]:
    prescription = export.prescription
    stay = prescription.stay
    house = (stay.establishment if stay is not None else None) or prescription.establishment
    unit = (stay.unit or "") if stay is not None else ""
    if house is None:
        return "", "", unit, unit
    finess = [one.value for one in house.identifiers if one.kind is IdentifierKind.FINESS]
    others = [one.value for one in house.identifiers]
    return (next(iter([*finess, *others]), ""), house.name or "", unit, unit)


def _people(export: ReleasedSchedule) -> tuple[str, str, str, str]:
    """Number and name of the patient, number and name of the prescriber."""
    patient, doctor = export.prescription.patient, export.prescription.prescriber
    family = (patient.used_name or patient.birth_name or "") if patient is not None else ""
    given = patient.given_names[:1] if patient is not None else ()
    if patient is None or not family:
        raise Refused("patient: a robot file must have the name of the patient")
    number = patient.identifier(IdentifierKind.IPP) or next(iter(patient.identifiers), None)
    name = " ".join((family, *given))
    if doctor is None:
        return (number.value if number is not None else "", name, "", "")
    rpps = next((one.value for one in doctor.identifiers if one.kind is IdentifierKind.RPPS), "")
    called = " ".join(part for part in (doctor.family_name, doctor.given_name) if part)
    return (number.value if number is not None else "", name, rpps, called)


def _product(released: ReleasedLine, *, as_needed: bool) -> list[str]:
    product = released.line.product
    cip = next((c.value for c in product.codes if c.system is ProductCodeSystem.CIP13), None)
    if cip is None or not product.text or product.form is None:
        raise Refused(
            f"{product.location or released.line.location}: a robot file must have "
            "the CIP13, the name and the form of the product"
        )
    return [
        cip,
        product.text,
        "0" if _goes_in(released) and not as_needed else "1",
        "1" if as_needed else "0",
        product.form.code,
        product.form.display or product.form.code,
        _strengths(released),
        "",
    ]


def _strengths(released: ReleasedLine) -> str:
    return " + ".join(
        f"{_number(one.numerator.value)} {one.numerator.unit_label or ''}".strip()
        for one in released.line.product.strengths
    )


def _goes_in(released: ReleasedLine) -> bool:
    """Whether all that is planned of the line lies in compartments; the file knows no half way."""
    placement = released.placement
    needed = placement.reasons == (BesideReason.AS_NEEDED,)
    return placement.place is Place.INSIDE or (placement.place is Place.PARTLY and needed)


def _comment(released: ReleasedLine) -> str:
    said = [text for step in released.schedule.steps for text in step.instructions]
    return " ; ".join(dict.fromkeys(said))


def _social_number(patient: Patient | None) -> str:
    found = patient.identifier(*_NATIONAL) if patient is not None else None
    return found.value if found is not None else ""


def _birth(patient: Patient | None) -> str:
    if patient is None or patient.birth_date is None:
        return ""
    return patient.birth_date.strftime("%d/%m/%Y")
