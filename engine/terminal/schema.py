"""`semainier schema`: the JSON Schema of every document that the engine prints."""

import json
from functools import cache
from typing import Any

import typer
from pydantic import TypeAdapter


@cache
def published() -> dict[str, TypeAdapter[Any]]:
    """Every published document by its name, in alphabetical order."""
    from schemas.adherence import AdherenceResult
    from schemas.assessment import AssessedPrescription, Assessment
    from schemas.conformance import Conformance
    from schemas.conversion import ConversionReport
    from schemas.decision import Decision
    from schemas.delivery import Delivery
    from schemas.desk import (
        QueueDecision,
        QueueInterpretation,
        QueueItem,
        QueueOffer,
        QueueRow,
    )
    from schemas.dispense import Dispense
    from schemas.expansion import Expansion
    from schemas.explanation import Explanation
    from schemas.finding import Finding
    from schemas.installation import (
        ChannelRow,
        ChannelsCheck,
        ChannelTrial,
        Installation,
        SiteCheck,
    )
    from schemas.intake import Intake
    from schemas.message import Message
    from schemas.movement import Movement
    from schemas.notice import Notice
    from schemas.offer import Answers
    from schemas.people import Patient
    from schemas.posology import Posology
    from schemas.prescription import Prescription
    from schemas.reference import PublishedProduct, ReferenceRelease
    from schemas.schedule import LineSchedule, PlannedIntake
    from schemas.trace import Trace

    documents: dict[str, Any] = {
        "adherence": AdherenceResult,
        "assessed-prescription": AssessedPrescription,
        "assessment": Assessment,
        "channel-trial": tuple[ChannelTrial, ...],
        "channels": tuple[ChannelRow, ...],
        "channels-check": ChannelsCheck,
        "conformance": Conformance,
        "conversion": ConversionReport,
        "decision": Decision,
        "delivery": Delivery,
        "dispense": Dispense,
        "expansion": Expansion,
        "explanation": Explanation,
        "finding": Finding,
        "installation": Installation,
        "site-check": SiteCheck,
        "intake": Intake,
        "message": Message,
        "messages": tuple[Message, ...],
        "movement": Movement,
        "notice": Notice,
        "patient": Patient,
        "planned-intake": PlannedIntake,
        "posology": Posology,
        "prescription": Prescription,
        "queue": tuple[QueueRow, ...],
        "queue-answers": Answers,
        "queue-decision": QueueDecision,
        "queue-interpretation": QueueInterpretation,
        "queue-item": QueueItem,
        "queue-offer": QueueOffer,
        "reference-products": tuple[PublishedProduct, ...],
        "reference-release": ReferenceRelease,
        "reference-releases": tuple[ReferenceRelease, ...],
        "schedule": LineSchedule,
        "trace": Trace,
    }
    return {name: TypeAdapter(each) for name, each in documents.items()}


DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schema_of(name: str) -> dict[str, Any]:
    """The JSON Schema of one document. Raises: `BadParameter` for a name that is none."""
    try:
        adapter = published()[name]
    except KeyError:
        raise typer.BadParameter(f"must be one of {', '.join(published())}") from None
    return {"$schema": DIALECT, "title": name, **adapter.json_schema(mode="serialization")}


def print_schema(name: str | None) -> None:
    """One schema, or an object with all of them by their names."""
    document = schema_of(name) if name else {each: schema_of(each) for each in published()}
    typer.echo(json.dumps(document, indent=2, ensure_ascii=False))
