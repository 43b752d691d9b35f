"""Validated snapshots to FHIR R4 bytes, as JSON and as XML. Pure: ids and clock come from the
envelope, and what is written is held against R4 before it leaves.
"""

from connectors.fhir.form.tree import Object
from connectors.fhir.form.wire import Form, payload, write_as_xml, write_json
from connectors.fhir.writing.adherence import adherence_bundle
from connectors.fhir.writing.analysis import analysis_bundle
from connectors.fhir.writing.intakes import intakes_bundle
from connectors.fhir.writing.schedule import schedule_bundle
from schemas.delivery import Analysis, Export, IntakeReport, ReleasedSchedule, ValidatedAdherence
from schemas.export import Envelope


def bundle_of(export: Export, envelope: Envelope) -> Object:
    """The Bundle of one export. Raises: `Refused` for what cannot be said of nobody."""
    match export:
        case ReleasedSchedule():
            return schedule_bundle(export, envelope)
        case Analysis():
            return analysis_bundle(export, envelope)
        case IntakeReport():
            return intakes_bundle(export, envelope)
        case ValidatedAdherence():
            return adherence_bundle(export, envelope)


def write(export: Export, envelope: Envelope, form: Form = write_json) -> bytes:
    """The bytes of one export. Raises: `Defect` when they would not be FHIR R4."""
    return payload(bundle_of(export, envelope), form)


def write_xml(export: Export, envelope: Envelope) -> bytes:
    """The same as FHIR XML."""
    return write(export, envelope, write_as_xml)
