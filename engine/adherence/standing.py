"""Which reports still stand: the last word on each intake, without errors and repetitions."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from engine.adherence.report import Report, last_word_first
from schemas.adherence import Definition
from schemas.base import Value
from schemas.finding import Finding, FindingCode
from schemas.intake import AuthorRole, IntakeStatus
from schemas.people import Identifier


class Standing(Value):
    """The reports that count for something, in the order of their ids, and doubts on the others."""

    reports: tuple[Report, ...] = ()
    findings: tuple[Finding, ...] = ()


def standing(reports: Iterable[Report], definition: Definition, until: datetime) -> Standing:
    """What still stands of these reports, whatever their order.

    Left out: what was received twice, the earlier versions of one report, what another report
    corrects, what was entered in error, what happens after `until`, and device openings too
    close to the one before. A report in error also takes back what it corrects.
    """
    latest, doubts = _last_versions({report.id: report for report in reports}.values(), definition)
    corrected = _corrected(latest)
    kept = (
        report
        for report in latest
        if report.status is not IntakeStatus.ENTERED_IN_ERROR
        and report.id not in corrected
        and (report.taken_at is None or report.taken_at <= until)
    )
    ordered = sorted(kept, key=lambda report: report.id)
    return Standing(reports=_without_close_openings(ordered, definition), findings=doubts)


def _last_versions(
    reports: Iterable[Report], definition: Definition
) -> tuple[tuple[Report, ...], tuple[Finding, ...]]:
    """The last version of each report, and a doubt for each identifier that names several."""
    groups: dict[object, list[Report]] = defaultdict(list)
    for report in reports:
        groups[report.identifiers or report.id].append(report)
    window = timedelta(minutes=definition.window_minutes)
    latest: list[Report] = []
    doubts: list[Finding] = []
    for group in groups.values():
        acts = _acts(group, window)
        latest += [versions[-1] for versions in acts]
        if len(acts) > 1:
            doubts.append(_one_name_for_several(acts))
    return tuple(latest), tuple(sorted(doubts, key=lambda finding: finding.location))


def _acts(group: Iterable[Report], window: timedelta) -> list[list[Report]]:
    """The reports of one identifier, by act, oldest version first.

    FHIR and HL7 v2 update a report under its own identifier. Some senders number every intake
    alike: reports of times further apart than `window` are then of several intakes, unless the
    later one says that it corrects.
    """
    acts: list[list[Report]] = []
    for report in reversed(last_word_first(group)):
        act = next((one for one in acts if _same_time(one[-1], report, window)), None)
        if act is None and acts and _is_correction(report):
            act = acts[-1]
        if act is None:
            acts.append([report])
        else:
            act.append(report)
    return acts


def _same_time(one: Report, other: Report, window: timedelta) -> bool:
    if one.taken_at is not None and other.taken_at is not None:
        return abs(one.taken_at - other.taken_at) <= window
    if one.planned_at is not None and other.planned_at is not None:
        return one.planned_at == other.planned_at
    return True


def _is_correction(report: Report) -> bool:
    return report.corrects is not None or report.status is IntakeStatus.ENTERED_IN_ERROR


def _one_name_for_several(acts: Sequence[Sequence[Report]]) -> Finding:
    first = acts[0][0]
    return Finding(
        code=FindingCode.IDENTIFIER_DUPLICATE,
        location=f"intake/{min(version.id for versions in acts for version in versions)}",
        message=f"identifiers: {len(acts)} intakes at different times carry one identifier; "
        "each counts",
        quoted=", ".join(identifier.value for identifier in first.identifiers),
    )


def _corrected(reports: Sequence[Report]) -> set[str]:
    """The ids of the reports that another one corrects, versions of itself aside."""
    return {
        report.id
        for correction in reports
        if correction.corrects is not None
        for report in reports
        if report is not correction
        and (not report.identifiers or report.identifiers != correction.identifiers)
        and _is_named(report, correction.corrects)
    }


def _is_named(report: Report, name: Identifier) -> bool:
    """Whether the name is one of the report's; without an authority, the value alone decides."""
    return name.value == report.id or any(
        own.value == name.value
        and (name.authority == own.authority or None in {name.authority, own.authority})
        for own in report.identifiers
    )


def _without_close_openings(
    reports: Sequence[Report], definition: Definition
) -> tuple[Report, ...]:
    """Compared with the opening before, dropped or not. Source: OncMAP `min_wait`."""
    gap = timedelta(minutes=definition.duplicate_minutes)
    openings = sorted(
        (report.taken_at, report.id)
        for report in reports
        if report.role is AuthorRole.DEVICE and report.is_physical and report.taken_at
    )
    close = {name for (before, _), (at, name) in pairwise(openings) if at - before < gap}
    return tuple(report for report in reports if report.id not in close)
