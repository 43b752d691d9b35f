"""Loads a release of the product reference, whole or not at all, and puts one in force."""

import json
import tempfile
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import IO, TypeAlias

from engine.pipeline.context import Context
from engine.pipeline.reference_files import Delivery, delivery
from engine.reference.links import NAME as LINKS
from engine.reference.record import Assembled
from engine.reference.release import MOST_APART, Release, read_release
from engine.store import audit, reference
from engine.store.reference import StoredProduct
from engine.store.unit import Unit, new_id
from schemas.errors import Refused
from schemas.events import AuditEvent
from schemas.ids import Sha256
from schemas.reference import (
    PublishedProduct,
    ReferenceRelease,
    ReferenceReport,
    StrengthOutcome,
)

Progress: TypeAlias = Callable[[str, int, int], None]
"""Is told the step, how much of it is done, and how much there is."""


@dataclass(frozen=True, slots=True)
class Order:
    """What to load: a folder or an archive, the day of its publication, and links.

    `most_apart` is how many of 100 rows of a file may be kept apart.
    """

    source: Path
    published: date | None = None
    links: Path | None = None
    most_apart: Decimal = MOST_APART


@dataclass(frozen=True, slots=True)
class Loaded:
    """The release, and whether the same files had been loaded before."""

    release: ReferenceRelease
    repeated: bool


def load(context: Context, order: Order, by: str, progress: Progress) -> Loaded:
    """Load the release, and put it in force unless a newer one is.

    The files are read and put together before anything is stored: then all rows are written in one
    transaction, and a process that dies in the middle leaves the release before in force. Files
    that were loaded before are not loaded again. Raises: `Refused` for files that are no release,
    and for a day that nobody states or that the same files had otherwise.
    """
    with delivery(order.source, order.links) as given:
        day = _published(order, given, context.clock().date())
        digest = given.digest()
        known = _known(context, digest)
        if known is not None:
            if order.published not in (None, known.published):
                raise Refused(f"published: these files are the release of {known.published}")
            return Loaded(known, repeated=True)
        release = _read(given, order, progress)
        with tempfile.TemporaryFile("w+", encoding="utf-8") as spool:
            made = ReferenceRelease(
                id=new_id("ref"),
                published=day,
                sha256=digest,
                loaded_at=context.clock(),
                in_force=False,
                report=_assemble(release, day, spool, progress),
            )
            return Loaded(_store(context, by, made, spool, progress), repeated=False)


def _published(order: Order, given: Delivery, today: date) -> date:
    """The day of publication as somebody states it, never the day of loading."""
    stated = order.published or given.stated_day()
    if stated is None:
        raise Refused("published: the name states no day of publication, and none is given")
    if stated > today:
        raise Refused(f"published: {stated} is not yet come")
    return stated


def _known(context: Context, digest: Sha256) -> ReferenceRelease | None:
    with context.store.unit(context.tenant) as unit:
        same = (each for each in reference.releases(unit) if each.sha256 == digest)
        return next(same, None)


def _read(given: Delivery, order: Order, progress: Progress) -> Release:
    """The release in the files; each file is read twice, first for its encoding."""
    done = 0

    def seen(size: int) -> None:
        nonlocal done
        done += size
        progress("read", done, 2 * given.size)

    lines = {name: found.lines(seen) for name, found in given.files.items()}
    links = lines.pop(LINKS, None)
    return read_release(lines, links, most_apart=order.most_apart)


def _assemble(release: Release, day: date, spool: IO[str], progress: Progress) -> ReferenceReport:
    """Write each product to the spool, so that storing them takes the database a short time."""
    total, codes = len(release.products), 0
    strengths: Counter[StrengthOutcome] = Counter()
    divisibility: Counter[str] = Counter()
    for done, each in enumerate(release.assembled(day), start=1):
        codes += _spooled(each, spool)
        strengths[each.strengths] += 1
        divisible = each.product.record.divisibility
        divisibility[divisible.value if divisible else "not stated"] += 1
        progress("assemble", done, total)
    return ReferenceReport(
        files=release.reports,
        products=total,
        codes=codes,
        strengths=dict(strengths),
        divisibility=dict(divisibility),
    )


def _spooled(each: Assembled, spool: IO[str]) -> int:
    """How many codes lead to the product, now that it stands in the spool."""
    row = StoredProduct.of(each.product)
    spool.write(json.dumps(row) + "\n")
    return len(row.codes)


def _store(
    context: Context, by: str, release: ReferenceRelease, spool: IO[str], progress: Progress
) -> ReferenceRelease:
    """Store the release in one transaction; in force unless one of a later day is."""
    spool.seek(0)
    with context.store.unit(context.tenant) as unit:
        newer = any(
            each.in_force and each.published > release.published
            for each in reference.releases(unit)
        )
        stored = release.model_copy(update={"in_force": not newer})
        for done in reference.store_release(unit, stored, map(_row, spool)):
            progress("store", done, release.report.products)
        _record(context, unit, AuditEvent.REFERENCE_LOADED, by, stored)
        unit.commit()
    return stored


def _row(line: str) -> StoredProduct:
    return StoredProduct(*json.loads(line))


def _record(
    context: Context, unit: Unit, event: AuditEvent, by: str, release: ReferenceRelease
) -> None:
    audit.record(
        unit,
        event,
        actor=by,
        subject=release.id,
        at=context.clock(),
        sha256=release.sha256,
        published=release.published.isoformat(),
    )


def releases(context: Context) -> tuple[ReferenceRelease, ...]:
    """Every release that is kept, the newest first."""
    with context.store.unit(context.tenant) as unit:
        return reference.releases(unit)


def of_day(context: Context, day: date) -> ReferenceRelease:
    """The release of this day. Raises: `Refused` when there is none."""
    return _of_day(releases(context), day)


def _of_day(kept: Sequence[ReferenceRelease], day: date) -> ReferenceRelease:
    """The release of this day; of several, the one that was loaded last."""
    found = next((each for each in kept if each.published == day), None)
    if found is None:
        days = ", ".join(str(each.published) for each in kept) or "none"
        raise Refused(f"date: there is no release of this day; kept are: {days}")
    return found


def use(context: Context, day: date, by: str) -> ReferenceRelease:
    """Put the release of this day in force. Raises: `Refused` when there is none."""
    with context.store.unit(context.tenant) as unit:
        chosen = _of_day(reference.releases(unit), day)
        reference.put_in_force(unit, chosen.id)
        _record(context, unit, AuditEvent.REFERENCE_CHOSEN, by, chosen)
        unit.commit()
    return chosen.model_copy(update={"in_force": True})


def published(context: Context, code: str) -> tuple[PublishedProduct, ...]:
    """All that the release in force publishes of the products that a code names."""
    with context.store.unit(context.tenant) as unit:
        return reference.published(unit, code)
