"""What a sender is told: an OperationOutcome, in the form of their own message."""

import re

from connectors.fhir.form.paths import expression_of
from connectors.fhir.form.tree import Json, Object, is_xml
from connectors.fhir.form.wire import payload, write_as_xml, write_json
from schemas.connector import Answer
from schemas.export import Envelope
from schemas.finding import Finding, FindingCode, Severity

SEVERITIES = {
    Severity.BLOCKING: "error",
    Severity.ACKNOWLEDGE: "warning",
    Severity.INFO: "information",
}
ISSUES = {
    FindingCode.FORMAT_UNKNOWN: "not-supported",
    FindingCode.MESSAGE_UNSUPPORTED: "not-supported",
    FindingCode.VERSION_UNKNOWN: "not-supported",
    FindingCode.ELEMENT_UNREAD: "not-supported",
    FindingCode.TIMING_UNSUPPORTED: "not-supported",
    FindingCode.DOSE_UNSUPPORTED: "not-supported",
    FindingCode.MESSAGE_BROKEN: "structure",
    FindingCode.MESSAGE_TRUNCATED: "structure",
    FindingCode.ENCODING_DECLARED_WRONG: "structure",
    FindingCode.ELEMENT_FOREIGN: "structure",
    FindingCode.STRUCTURE_INVALID: "invariant",
    FindingCode.TIMING_INVALID: "invariant",
    FindingCode.ELEMENT_MISSING: "required",
    FindingCode.MESSAGE_EMPTY: "required",
    FindingCode.PATIENT_MISSING: "required",
    FindingCode.CODE_INVALID: "code-invalid",
    FindingCode.TIMING_CODE_UNKNOWN: "code-invalid",
    FindingCode.VALUE_INVALID: "value",
    FindingCode.BOUNDS_INVALID: "value",
    FindingCode.ZONE_MISSING: "value",
    FindingCode.MODIFIER_UNKNOWN: "extension",
    FindingCode.REFERENCE_UNRESOLVED: "not-found",
    FindingCode.IDENTIFIER_DUPLICATE: "duplicate",
    FindingCode.CONTROL_ID_REUSED: "conflict",
}
"""Codes of the required list issue-type; what has no row here is a rule of the pharmacy's work."""
_UNREADABLE = frozenset(
    (FindingCode.FORMAT_UNKNOWN, FindingCode.MESSAGE_BROKEN, FindingCode.MESSAGE_TRUNCATED)
)
"""After these nothing more could be looked at: `fatal`."""
DETAILS = "urn:semainier:finding"
_POSITION = re.compile(r"(line \d+(, column \d+)?|byte \d+)")


def acknowledge(data: bytes, answer: Answer, envelope: Envelope) -> bytes:
    """The OperationOutcome: first whether we took the message, then each doubt at its place.

    Nothing that the sender wrote is quoted: an outcome is logged where a message is not. The
    envelope has no place in an OperationOutcome: the HTTP answer around it names the exchange.
    """
    first: Object = {
        "severity": "information" if answer.accepted else "error",
        "code": "informational" if answer.accepted else _refusal(answer),
        "diagnostics": _words(answer),
    }
    issues: list[Json] = [first, *(_issue(one, answer) for one in answer.findings)]
    tree: Object = {"resourceType": "OperationOutcome", "issue": issues}
    return payload(tree, write_as_xml if is_xml(data) else write_json)


def _refusal(answer: Answer) -> str:
    return "transient" if answer.retry else "processing"


def _words(answer: Answer) -> str:
    if answer.accepted:
        return "The message is received; a pharmacist decides on what it asks."
    return "Not received: send it again." if answer.retry else "Not received: not to be sent again."


def _issue(finding: Finding, answer: Answer) -> Object:
    """One doubt. A message that was taken has none that made us fail: they are warnings there."""
    coding: Object = {"system": DETAILS, "code": finding.code.value}
    place = expression_of(finding.location)
    issue: Object = {
        "severity": _severity(finding, answer),
        "code": ISSUES.get(finding.code, "business-rule"),
        "details": {"coding": [coding], "text": finding.code.sentence},
        "diagnostics": f"{place or _outside(finding.location)}: {finding.message}",
    }
    return {**issue, "expression": [place]} if place else issue


def _severity(finding: Finding, answer: Answer) -> str:
    if not answer.accepted:
        return "fatal" if finding.code in _UNREADABLE else SEVERITIES[finding.severity]
    return "information" if finding.severity is Severity.INFO else "warning"


def _outside(location: str) -> str:
    """A place that is no FHIRPath: a line, a byte. A name of the sender's own is left out."""
    return location if _POSITION.fullmatch(location) else "message"
