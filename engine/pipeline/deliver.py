"""Takes what waits in the outbox to a folder of the receiver."""

import os
from pathlib import Path

from engine.pipeline.context import Context
from engine.store import outbox
from schemas.delivery import DeliveryState
from schemas.errors import Refused, Unavailable


def deliver_to_folder(context: Context, delivery_id: str, folder: Path) -> Path:
    """The file, complete and durable under its name: a reader never sees half of it.

    Raises: `Refused` for an unknown or a finished delivery; `Unavailable` when the folder cannot
    be written, with nothing left behind.
    """
    with context.store.unit(context.tenant) as unit:
        found = outbox.delivery(unit, delivery_id)
    if found is None:
        raise Refused("delivery: there is none of this id")
    delivery, name, payload = found
    if delivery.state is DeliveryState.DELIVERED:
        raise Refused("delivery: it was delivered before")
    target = folder / name
    try:
        _write(target, payload)
    except OSError as error:
        _settle(context, delivery_id, DeliveryState.WAITING)
        raise Unavailable(f"folder: {error.strerror}") from None
    _settle(context, delivery_id, DeliveryState.DELIVERED)
    return target


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
