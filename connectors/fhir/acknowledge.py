"""What a sender is told: an OperationOutcome, in the form of their own message."""

from connectors.fhir.form.tree import Json, Object, is_xml
from connectors.fhir.form.wire import payload, write_as_xml, write_json
from schemas.connector import Answer
from schemas.export import Envelope
from schemas.finding import Finding, FindingCode, Severity

_SEVERITIES = {
    Severity.BLOCKING: "error",
    Severity.ACKNOWLEDGE: "warning",
    Severity.INFO: "information",
}
_ISSUES = {
    FindingCode.FORMAT_UNKNOWN: "not-supported",
    FindingCode.MESSAGE_UNSUPPORTED: "not-supported",
    FindingCode.MESSAGE_BROKEN: "structure",
    FindingCode.MESSAGE_TRUNCATED: "structure",
    FindingCode.STRUCTURE_INVALID: "structure",
    FindingCode.ELEMENT_FOREIGN: "structure",
    FindingCode.ELEMENT_MISSING: "required",
    FindingCode.MESSAGE_EMPTY: "required",
    FindingCode.CODE_INVALID: "code-invalid",
    FindingCode.VALUE_INVALID: "value",
    FindingCode.MODIFIER_UNKNOWN: "extension",
    FindingCode.REFERENCE_UNRESOLVED: "not-found",
}
_DETAILS = "urn:semainier:finding"


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
    issues: list[Json] = [first, *(_issue(finding) for finding in answer.findings)]
    tree: Object = {"resourceType": "OperationOutcome", "issue": issues}
    return payload(tree, write_as_xml if is_xml(data) else write_json)


def _refusal(answer: Answer) -> str:
    return "transient" if answer.retry else "processing"


def _words(answer: Answer) -> str:
    if answer.accepted:
        return "The message is received; a pharmacist decides on what it asks."
    return "Not received: send it again." if answer.retry else "Not received: not to be sent again."


def _issue(finding: Finding) -> Object:
    coding: Object = {"system": _DETAILS, "code": finding.code.value}
    return {
        "severity": _SEVERITIES[finding.severity],
        "code": _ISSUES.get(finding.code, "business-rule"),
        "details": {"coding": [coding], "text": finding.code.sentence},
        "diagnostics": f"{finding.location}: {finding.message}",
        "expression": [finding.location],
    }
