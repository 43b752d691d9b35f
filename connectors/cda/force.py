"""Whether an entry is an order in force, and of a medicine."""

from typing import TYPE_CHECKING

from connectors.cda.scribe import Scribe, child
from schemas.finding import FindingCode

if TYPE_CHECKING:
    from lxml.etree import _Element

_KIND = "DRUG"
_ORDER, _SUMMARY = ("INT",), ("INT", "EVN")
_STATUS = "completed"


def check_in_force(
    scribe: Scribe, entry: "_Element", *, is_step: bool, ordered: bool = True
) -> None:
    """An order to come, not negated, in the one status that the guide allows.

    A step without a mood is in that of its line. A summary (not `ordered`) tells of treatments to
    come and of those that are going on (EVN).
    """
    moods = _ORDER if ordered else _SUMMARY
    wanted = {"classCode": ("SBADM",), "moodCode": moods, "negationInd": ("false",)}
    stated = {name: scribe.take(entry, name, "line.action") for name in wanted}
    status = scribe.take(child(entry, "statusCode"), "code", "line.action")
    for name, value in {**stated, "statusCode": status}.items():
        allowed = wanted.get(name, (_STATUS,))
        if value not in allowed and (value is not None or (name == "moodCode" and not is_step)):
            scribe.doubt(
                FindingCode.STATUS_NOT_ACTIVE,
                scribe.at(entry),
                f"{name} of a prescribed line must be {' or '.join(allowed)}",
                value,
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
