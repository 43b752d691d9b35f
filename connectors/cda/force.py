"""Whether an entry is an order in force, and whether all that it says was read."""

from typing import TYPE_CHECKING

from connectors.cda.scribe import Scribe, child
from connectors.markup import local_name
from schemas.finding import FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_STEP_PARTS = frozenset(
    {"templateId", "id", "code", "text", "statusCode", "effectiveTime", "doseQuantity"}
    | {"rateQuantity", "maxDoseQuantity", "consumable", "precondition"}
)
_LINE_PARTS = _STEP_PARTS | {"repeatNumber", "routeCode", "approachSiteCode", "entryRelationship"}
_KIND = "DRUG"


def check_in_force(scribe: Scribe, entry: "_Element") -> None:
    """An order to come, not negated, in the one status that the guide allows."""
    status = scribe.take(child(entry, "statusCode"), "code", "line.action")
    for attribute, value, wanted in (
        ("moodCode", scribe.take(entry, "moodCode", "line.action"), "INT"),
        ("negationInd", scribe.take(entry, "negationInd", "line.action"), "false"),
        ("statusCode", status, "completed"),
    ):
        if value not in (None, wanted):
            scribe.doubt(
                FindingCode.STATUS_NOT_ACTIVE,
                scribe.at(entry),
                f"{attribute} of a prescribed line must be {wanted}",
                value,
            )


def check_all_read(scribe: Scribe, entry: "_Element", *, is_step: bool) -> None:
    """A part of the entry that this reader does not know may change what it means."""
    known = _STEP_PARTS if is_step else _LINE_PARTS
    for part in entry.iterchildren("*"):
        if local_name(part) not in known:
            scribe.doubt(
                FindingCode.ELEMENT_UNREAD, scribe.at(part), "this part of a line is not read"
            )
    kind = child(entry, "code")
    code = scribe.take(kind, "code", "line.action")
    if kind is not None and code not in (None, _KIND):
        scribe.doubt(
            FindingCode.ELEMENT_UNREAD,
            f"{scribe.at(kind)}/@code",
            f"code of a prescribed line must be {_KIND}",
            code,
        )
