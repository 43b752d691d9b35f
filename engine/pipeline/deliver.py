"""Takes what waits in the outbox to a folder of the receiver."""

import os
from pathlib import Path

from engine.pipeline.context import Context
from engine.pipeline.forbidden import journalled
from engine.pipeline.receive import ENGINE
from engine.store import access, audit, outbox, releases
from engine.store.unit import Unit
from schemas.delivery import Delivery, DeliveryState
from schemas.errors import Forbidden, Refused, Unavailable
from schemas.events import AuditEvent


def deliver_to_folder(context: Context, delivery_id: str, folder: Path) -> Path:
    """The file, complete and durable under its name: a reader never sees half of it.

    Raises: `Refused` for an unknown or a finished delivery, or one of a version that a newer one
    replaced; `Forbidden` when consent or grant ended since it was written (journalled);
    `Unavailable` when the folder cannot be written, with nothing left behind.
    """
    refused = journalled(context, ENGINE, AuditEvent.EXPORT_REFUSED, delivery_id)
    with refused, context.store.unit(context.tenant) as unit:
        found = outbox.delivery(unit, delivery_id)
        if found is None:
            raise Refused("delivery: there is none of this id")
        delivery, name, payload = found
        if delivery.state is DeliveryState.DELIVERED:
            raise Refused("delivery: it was delivered before")
        _check_still_allowed(unit, delivery)
    target = folder / name
    try:
        _write(target, payload)
    except OSError as error:
        _settle(context, delivery_id, DeliveryState.WAITING)
        raise Unavailable(f"folder: {error.strerror}") from None
    _settle(context, delivery_id, DeliveryState.DELIVERED)
    return target


def _check_still_allowed(unit: Unit, delivery: Delivery) -> None:
    """Nothing when consent, grant and release still stand: days may lie between both steps.

    Raises: `Forbidden` when the access ended, `Refused` when a newer version was released.
    """
    journal = audit.entries_about(unit, (delivery.id,))
    written = next((each for each in journal if each.event is AuditEvent.EXPORT_WRITTEN), None)
    if written is None:
        raise Refused("delivery: the journal does not say that it was written")
    if access.active_grant(unit, written.detail["patient"], delivery.receiver) is None:
        raise Forbidden("export:send: consent or grant ended before the delivery")
    subject = releases.subject_of(unit, written.detail.get("release", ""))
    release = releases.released(unit, subject) if subject else None
    if release is not None and release.superseded_at is not None:
        raise Refused("prescription: a newer version was validated; export that one")


def _write(target: Path, payload: bytes) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    part = target.with_name(f".{target.name}.part")
    try:
        with part.open("wb") as file:
            file.write(payload)
            file.flush()
            os.fsync(file.fileno())
        part.replace(target)
    except OSError:
        part.unlink(missing_ok=True)
        raise


def _settle(context: Context, delivery_id: str, state: DeliveryState) -> None:
    with context.store.unit(context.tenant) as unit:
        outbox.settle(unit, delivery_id, state, context.clock())
        unit.commit()
