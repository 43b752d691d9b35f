"""What a receiver of the Bundle alone must know: its doubts and grave losses, as OperationOutcome.

The words of the sender are quoted: they stand in the same Bundle.
"""

import uuid

from connectors.fhir.acknowledge import DETAILS, ISSUES, SEVERITIES
from connectors.fhir.form.tree import Json, Object
from connectors.fhir.form.wire import clean
from schemas.conversion import ConversionReport, Loss
from schemas.finding import Finding, Severity


def with_outcome(bundle: Object, report: ConversionReport, seed: str) -> Object:
    """The Bundle, with an OperationOutcome when there is something that a person must see."""
    issues: list[Json] = [
        _doubt(finding) for finding in report.findings if finding.severity is not Severity.INFO
    ]
    issues.extend(_lost(loss) for loss in report.grave)
    if not issues:
        return bundle
    name = str(uuid.uuid5(uuid.NAMESPACE_URL, f"urn:semainier:{seed}:OperationOutcome"))
    outcome = clean({"resourceType": "OperationOutcome", "id": name, "issue": issues})
    entries = bundle.get("entry")
    listed = entries if isinstance(entries, list) else []
    last: Object = {"fullUrl": f"urn:uuid:{name}", "resource": outcome}
    return {**bundle, "entry": [*listed, last]}


def _doubt(finding: Finding) -> Object:
    quoted = f": {finding.quoted}" if finding.quoted else ""
    return {
        "severity": SEVERITIES[finding.severity],
        "code": ISSUES.get(finding.code, "business-rule"),
        "details": {
            "coding": [{"system": DETAILS, "code": finding.code.value}],
            "text": finding.code.sentence,
        },
        "diagnostics": f"{finding.location}: {finding.message}{quoted}",
    }


def _lost(loss: Loss) -> Object:
    return {
        "severity": "error",
        "code": "not-supported",
        "details": {"text": f"The source says more than this Bundle: {loss.area.value}"},
        "diagnostics": f"{loss.location}: {loss.field or ''} {loss.value} ({loss.reason.value})",
    }
