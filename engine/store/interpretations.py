"""Interpretations: how pharmacists read the texts of lines. Each is a fact, kept for ever."""

from sqlalchemy import insert, select

from engine.store.queue import Item
from engine.store.tables import interpretations, prescriptions
from engine.store.unit import Unit
from schemas.canonical import canonical_json, sha256
from schemas.offer import Interpretation


def store(unit: Unit, about: Item, made_id: str, kept: Interpretation) -> None:
    """Keep a reading of the version on the desk, and the version `made_id` that it led to.

    The database refuses one that no pharmacist may make, and one about another version.
    """
    content = canonical_json(kept)
    unit.connection.execute(
        insert(interpretations).values(
            id=kept.id,
            tenant=unit.tenant,
            item_id=about.id,
            prescription_id=kept.prescription,
            made_id=made_id,
            line_no=kept.line,
            line_key=kept.line_key,
            text_sha256=kept.answers.text_sha256,
            interpreted_by=kept.interpreted_by.user,
            interpreted_at=kept.interpreted_at,
            content=content.decode(),
            sha256=sha256(content),
        )
    )


def newest_of_group(unit: Unit, group_key: str) -> dict[str, Interpretation]:
    """The newest reading of each line of a prescription over its versions, by its line key."""
    rows = unit.connection.execute(
        select(interpretations.c.line_key, interpretations.c.content)
        .join(prescriptions, prescriptions.c.id == interpretations.c.prescription_id)
        .where(
            interpretations.c.tenant == unit.tenant,
            prescriptions.c.tenant == unit.tenant,
            prescriptions.c.group_key == group_key,
        )
        .order_by(interpretations.c.interpreted_at, interpretations.c.id)
    )
    return {row.line_key: Interpretation.model_validate_json(row.content) for row in rows}


def that_made(unit: Unit, prescription_id: str) -> Interpretation | None:
    """The reading that led to this version; `None` for one that a message brought as it is."""
    content: str | None = unit.connection.scalar(
        select(interpretations.c.content).where(
            interpretations.c.tenant == unit.tenant, interpretations.c.made_id == prescription_id
        )
    )
    return Interpretation.model_validate_json(content) if content else None
