"""The compartment of a moment at a site, and what of a line has one."""

from collections.abc import Iterable
from datetime import time

from engine.organiser.form import signed
from schemas.moment import Compartment, Moment
from schemas.organiser import BesideReason, Place
from schemas.schedule import LineSchedule, Step
from schemas.site import Site


def compartment_of(moment: Moment | None, wall: time | None, site: Site) -> Compartment | None:
    """The compartment of a moment, or of a time of the clock that the site's table lists.

    The table `organiser/hours` exists for a site alone: there is no compartment of 08:00.
    """
    if moment is not None:
        return site.compartments.get(moment)
    hours = signed("organiser/hours", site.name) if wall is not None else None
    if hours is None:
        return None
    known = hours.target_of(f"{wall:%H:%M}")
    return Compartment(known) if known is not None else None


def why_beside(moment: Moment | None) -> BesideReason:
    """Why a dose without a compartment has none."""
    return BesideReason.CLOCK_TIME if moment is None else BesideReason.NO_COMPARTMENT


def in_compartments(
    schedule: LineSchedule, steps: Iterable[Step], site: Site
) -> tuple[Place, list[BesideReason]]:
    """Whether all doses, some or none of a line that may go in have a compartment."""
    reasons: list[BesideReason] = []
    some = False
    for step in steps:
        slots = [(slot.moment, slot.wall_time) for slot in step.slots] or [(None, None)]
        for moment, wall in slots:
            if compartment_of(moment, wall, site) is None:
                reasons.append(why_beside(moment))
            else:
                some = True
    if schedule.as_needed:
        reasons.append(BesideReason.AS_NEEDED)
    if not some:
        return Place.BESIDE, reasons
    return (Place.PARTLY if reasons else Place.INSIDE), reasons
