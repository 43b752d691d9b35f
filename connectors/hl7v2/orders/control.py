"""ORC-1 and ORC-5: what is to happen with an order, or that it is only spoken of.

Sources: HL7 v2.5.1 §4.5.1.1 (ORC-1), §4.5.1.5 (ORC-5: it initiates no action), tables 0119 and
0038; row by row in `hl7v2/order_control`, `hl7v2/order_notices` and `hl7v2/order_statuses`.
"""

from typing import NamedTuple

from connectors.hl7v2.orders.group import Group
from connectors.hl7v2.source import Source
from schemas.finding import FindingCode
from schemas.prescription import EventKind, LineAction

_NOTICE, _STATUS, _CHILD, _UNCLEAR = "notice", "status", "child", "unclear"
_RUNNING = "running"
_WITHOUT_DETAIL = {
    LineAction.STOP.value,
    LineAction.CANCEL.value,
    LineAction.HOLD.value,
    LineAction.RESUME.value,
}
"""What may be asked by the numbers of the order alone."""
PLANNING = (LineAction.START, LineAction.CHANGE, LineAction.RESUME, LineAction.REPLACE)


class Control(NamedTuple):
    """What the sender wants done with a line, and how it is told."""

    action: LineAction
    event: EventKind


def control_of(source: Source, group: Group) -> Control:
    """The action of ORC-1. What is a reply, a report, or unclear, makes a line that informs."""
    said = source.text(group.orc, 1, "line.action") if group.orc else None
    place = group.orc.where(1) if group.orc else group.first.place
    meaning = _meaning(source, group)
    if meaning in {None, _UNCLEAR}:
        rule = "ORC-1 must be an order control of table 0119 that means something for an order"
        source.doubt(FindingCode.ORDER_CONTROL_UNKNOWN, place, rule, said)
        return Control(LineAction.INFORM, EventKind.CHANGE)
    if meaning == _NOTICE:
        rule = "ORC-1 replies to or reports on an order, it does not place one"
        source.doubt(FindingCode.STATUS_NOT_ACTIVE, place, rule, said)
        return Control(LineAction.INFORM, EventKind.REPORT)
    if meaning == _CHILD:
        rule = "ORC-1 makes it a child order: never prepared beside its parent"
        source.doubt(FindingCode.LINE_ALTERNATIVE, place, rule, said)
        return Control(LineAction.START, EventKind.NEW)
    action = LineAction(meaning)
    _check_status(source, group, action)
    new = action is LineAction.START
    return Control(action, EventKind.NEW if new else EventKind.CHANGE)


def is_notice(source: Source, group: Group) -> bool:
    """Whether the order is only spoken of."""
    return _meaning(source, group) == _NOTICE


def needs_no_detail(source: Source, group: Group) -> bool:
    """Whether the numbers of the order are enough."""
    return _meaning(source, group) in _WITHOUT_DETAIL


def _meaning(source: Source, group: Group) -> str | None:
    """The row of ORC-1; a change of status is the action of its ORC-5, when that is one."""
    if group.orc is None:
        return None
    found = source.table("order_control").target_of(group.orc.value(1) or "")
    if found != _STATUS:
        return found
    status = source.table("order_statuses").target_of(group.orc.value(5) or "")
    return status if status in _WITHOUT_DETAIL else _NOTICE


def _check_status(source: Source, group: Group, action: LineAction) -> None:
    """ORC-5 beside ORC-1. A status alone initiates no action, so a person must confirm it."""
    if group.orc is None:
        return
    status = group.orc.value(5)
    row = source.table("order_statuses").get(status or "")
    if status is not None:
        source.text(group.orc, 5, "line.action")
    if status is not None and row is None and action in PLANNING:
        rule = "ORC-5 must be an order status of table 0038: an unknown one may end the order"
        source.doubt(FindingCode.CODE_INVALID, group.orc.where(5), rule, status)
    if row is None or row.target == _RUNNING:
        return
    reported = source.table("order_control").target_of(group.orc.value(1) or "") == _STATUS
    if action in PLANNING or reported:
        rule = f"ORC-5 says: {row.text}"
        source.doubt(FindingCode.STATUS_NOT_ACTIVE, group.orc.where(5), rule, status)
