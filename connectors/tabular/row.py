"""One row of the intake table as an intake. A row with a cell that cannot be read is not read."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zoneinfo import ZoneInfo

from connectors.dates import localised
from connectors.tabular.cells import bare
from connectors.trail import Trail
from mappings.authorities import identifier, product_code
from mappings.catalogue import table
from schemas.codes import Coding
from schemas.finding import Finding, FindingCode
from schemas.intake import Author, AuthorRole, Intake, IntakeStatus
from schemas.people import Identifier, IdentifierKind, Patient, Practitioner
from schemas.prescription import Product
from schemas.quantity import Quantity
from schemas.site import Site

_AMOUNT = re.compile(r"[0-9]{1,12}(?:[.,][0-9]{1,12})?")
_MOMENT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?:Z|[+-][0-9]{2}:[0-9]{2})?"
)
_FIRST_YEAR, _LAST_YEAR = 1900, 2199
_NOTHING_TAKEN = frozenset({IntakeStatus.REFUSED, IntakeStatus.NOT_GIVEN, IntakeStatus.HELD})


@dataclass(slots=True)
class _Row:
    """The cells of one row, with the doubts met: `bad` ones make the row unreadable."""

    location: str
    cells: dict[str, str]
    site: Site
    trail: Trail
    bad: list[Finding] = field(default_factory=list)

    def take(self, column: str, gives: str) -> str | None:
        """The text of a cell, marked as used; `None` when empty or without column."""
        text = bare(self.cells.get(column, "").strip())
        if not text:
            return None
        self.trail.used(f"{self.location}.{column}", gives)
        return text

    def refuse(self, column: str, code: FindingCode, message: str, quoted: str | None) -> None:
        """Notes a cell that cannot be read."""
        self.bad.append(
            Finding(code=code, location=f"{self.location}.{column}", message=message, quoted=quoted)
        )

    def moment(self, column: str, gives: str) -> datetime | None:
        """The instant of a cell; local to the site when it has no offset."""
        text = self.take(column, gives)
        if text is None:
            return None
        try:
            return _instant(text, ZoneInfo(self.site.zone))
        except ValueError as broken:
            self.refuse(column, FindingCode.VALUE_INVALID, f"{column} {broken}", text)
            return None


def read_row(
    location: str, cells: dict[str, str], site: Site, trail: Trail, findings: list[Finding]
) -> Intake | None:
    """The intake of a row, or `None` with a finding for each cell that cannot be read."""
    row = _Row(location, cells, site, trail)
    intake = _intake(row)
    findings += row.bad
    return intake


def _intake(row: _Row) -> Intake | None:
    status = _status(row)
    patient = _patient(row)
    line = _reference(row, "line_id", "line_authority", "intake.line")
    product = _product(row)
    taken_at = row.moment("taken_at", "intake.taken_at")
    planned_at = row.moment("planned_at", "intake.planned_at")
    quantity = _quantity(row)
    if line is None and product is None:
        row.refuse("line_id", FindingCode.ELEMENT_MISSING, "line_id or product is required", None)
    if taken_at is None and planned_at is None and not row.bad:
        row.refuse("taken_at", FindingCode.ELEMENT_MISSING, "taken_at is required", None)
    recorded_at = row.moment("recorded_at", "intake.recorded_at")
    author = _author(row)
    if row.bad or status is None:
        return None
    own = _reference(row, "intake_id", None, "intake.identifiers")
    reason = row.take("reason", "intake.reason")
    intake = Intake(
        location=row.location,
        identifiers=(own,) if own else (),
        status=status,
        taken_at=taken_at,
        planned_at=planned_at,
        recorded_at=recorded_at,
        author=author,
        patient=patient,
        line=(line,) if line else (),
        product=product,
        quantity=quantity,
        reason=Coding(code=reason) if reason else None,
        corrects=_reference(row, "corrects", None, "intake.corrects"),
        note=row.take("note", "intake.note"),
    )
    return intake.model_copy(update={"findings": _contradictions(intake)})


def _status(row: _Row) -> IntakeStatus | None:
    text = row.take("status", "intake.status")
    known = table("tabular/statuses", row.site.name).target_of((text or "").casefold())
    if known is None:
        code = FindingCode.CODE_INVALID if text else FindingCode.ELEMENT_MISSING
        row.refuse("status", code, "status must be one of the statuses table", text)
        return None
    return IntakeStatus(known)


def _patient(row: _Row) -> Patient | None:
    value = row.take("patient_id", "intake.patient")
    authority = row.take("patient_authority", "intake.patient")
    if value is None:
        row.refuse("patient_id", FindingCode.PATIENT_MISSING, "patient_id is required", None)
        return None
    found = identifier(value, authority, row.site.name, IdentifierKind.IPP)
    return Patient(identifiers=(found,), location=f"{row.location}.patient_id")


def _reference(row: _Row, column: str, authority: str | None, gives: str) -> Identifier | None:
    value = row.take(column, gives)
    issuer = row.take(authority, gives) if authority else None
    return identifier(value, issuer, row.site.name) if value is not None else None


def _product(row: _Row) -> Product | None:
    text = row.take("product", "intake.product")
    code = row.take("product_code", "intake.product")
    system = row.take("product_code_system", "intake.product")
    if text is None and code is None:
        return None
    codes = (product_code(code, system, row.site.name),) if code is not None else ()
    return Product(codes=codes, text=text, location=f"{row.location}.product")


def _quantity(row: _Row) -> Quantity | None:
    text = row.take("quantity", "intake.quantity")
    unit = row.take("unit", "intake.quantity")
    if text is None:
        return None
    if not _AMOUNT.fullmatch(text):
        row.refuse("quantity", FindingCode.VALUE_INVALID, "quantity must be a decimal number", text)
        return None
    return Quantity(value=Decimal(text.replace(",", ".")), unit=unit)


def _author(row: _Row) -> Author:
    """Who reports. A role outside the table makes the row unreadable; an empty one is unknown."""
    text = row.take("author_role", "intake.author")
    known = table("tabular/roles", row.site.name).target_of((text or "unknown").casefold())
    if known is None:
        row.refuse(
            "author_role", FindingCode.CODE_INVALID, "author_role must be one of its table", text
        )
        known = AuthorRole.UNKNOWN
    name = row.take("author_name", "intake.author")
    rpps = row.take("author_rpps", "intake.author")
    practitioner = None
    if rpps is not None:
        number = Identifier(value=rpps, kind=IdentifierKind.RPPS)
        practitioner = Practitioner(
            identifiers=(number,), family_name=name, location=f"{row.location}.author_rpps"
        )
    return Author(role=AuthorRole(known), practitioner=practitioner, name=name)


def _instant(text: str, zone: ZoneInfo) -> datetime:
    """Raises: `ValueError` that names the rule broken."""
    if not _MOMENT.fullmatch(text):
        raise ValueError("must be YYYY-MM-DDTHH:MM[:SS] with an optional offset")
    try:
        stated = datetime.fromisoformat(text)
    except ValueError:
        raise ValueError("must be a day and a time that exist") from None
    if not _FIRST_YEAR <= stated.year <= _LAST_YEAR:
        raise ValueError(f"must be of the years {_FIRST_YEAR} to {_LAST_YEAR}")
    return stated if stated.tzinfo is not None else localised(stated, zone)


def _contradictions(intake: Intake) -> tuple[Finding, ...]:
    """What the row says against itself: the row is kept, and a person looks."""
    found = []
    amount = intake.quantity.value if intake.quantity is not None else None
    if amount is not None and amount > 0 and intake.status in _NOTHING_TAKEN:
        found.append(("quantity", "quantity must be empty or 0 when nothing was taken"))
    if amount == 0 and intake.status in (IntakeStatus.TAKEN, IntakeStatus.PARTIAL):
        found.append(("quantity", "quantity must be above 0 when something was taken"))
    times = (intake.taken_at, intake.recorded_at)
    if times[0] is not None and times[1] is not None and times[1] < times[0]:
        found.append(("recorded_at", "recorded_at must not be before taken_at"))
    return tuple(
        Finding(
            code=FindingCode.INTAKE_INCONSISTENT,
            location=f"{intake.location}.{column}",
            message=message,
        )
        for column, message in found
    )
