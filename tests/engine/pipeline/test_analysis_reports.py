"""What a pharmacist proposes leaves with the analysis, and is planned by nobody."""

import xml.etree.ElementTree as ElementTree
from datetime import date
from pathlib import Path

import pytest
from messages import a_context, taken_in, the_item
from pn13_messages import ACTIVITY, a_line, a_message, a_posology

from engine.pipeline.access import grant
from engine.pipeline.consult import shown
from engine.pipeline.context import Context
from engine.pipeline.decide import Decided, decide_on
from engine.pipeline.deliver import deliver_to_folder
from engine.pipeline.export import Order, export
from engine.pipeline.snapshot import Wanted
from engine.store import queue, releases
from engine.store.unit import Store
from engine.terminal.answers import answers, verdicts
from engine.terminal.proposals import proposals
from engine.validation.decide import Request
from schemas.decision import DecisionKind
from schemas.export import ExportKind

BREAKFAST = a_posology(ACTIVITY.format(activity="4", operator="5"))
TWO_LINES = a_message(a_line(BREAKFAST), a_line(BREAKFAST, number="L2"))
PHAST = "{http://www.phast.fr/SIPhII}"


def decided(context: Context, kind: DecisionKind, *proposed: str, refuse: str = "") -> Decided:
    taken_in(context, TWO_LINES)
    item = the_item(context)
    found = shown(context, "pharm", item.id)
    assert found.prescription is not None
    lines = found.prescription.content.as_read.lines
    findings = [finding for _, finding in found.findings]
    coded = [f"{n}=8/7" for n, each in enumerate(findings, start=1) if each.blocks]
    validates = kind is DecisionKind.VALIDATE
    request = Request(
        kind=kind,
        expected_sha256=item.content_sha256,
        lines=verdicts(2, [refuse] if refuse else []) if validates else (),
        answers=answers(findings, coded, "all") if validates else (),
        proposals=proposals(lines, proposed, None),
        reason=None if validates else "OTHER",
        comment=None if validates else "Doublon",
    )
    return decide_on(context, "pharm", item.id, request)


def report(context: Context, folder: Path, subject: str) -> list[list[str | None]]:
    """Each line of the analysis: number, verdict, proposal, link, in the order written."""
    grant(context, "pharm", "0000451", "ehpad", signed_on=date(2026, 2, 1), document="binder 3")
    order = Order(Wanted(ExportKind.ANALYSIS, subject), "pn13", "ehpad")
    written = deliver_to_folder(context, export(context, "pharm", order), folder)
    names = ("Validation_pharm", "Proposition_pharm", "Elément_lié/Type_liaison_élément")
    return [
        [line.findtext(f"{PHAST}{name.replace('/', f'/{PHAST}')}") or None for name in names]
        for line in ElementTree.parse(written).iter(f"{PHAST}Elément_prescr_pharm")
    ]


@pytest.mark.parametrize(
    ("kind", "proposed", "refuse", "written"),
    [
        (DecisionKind.VALIDATE, [], "", [["1", None, None]] * 2),
        (
            DecisionKind.VALIDATE,
            ["1=suggestion 1 comprimé le soir"],
            "",
            [["1", None, "6"], ["1", "2", "6"], ["1", None, None]],
        ),
        (
            DecisionKind.VALIDATE,
            ["2=modification 1 comprimé le soir"],
            "2 trop",
            [["1", None, None], ["2", None, "6"], ["1", "2", "6"]],
        ),
        (
            DecisionKind.REJECT,
            ["1=substitution IBUPROFENE 400 mg : 1 comprimé le soir"],
            "",
            [["2", None, "7"], ["1", "3", "7"], ["2", None, None]],
        ),
    ],
)
def test_an_analysis_leaves_with_what_was_proposed(
    sqlite_store: Store,
    tmp_path: Path,
    kind: DecisionKind,
    proposed: list[str],
    refuse: str,
    written: list[list[str | None]],
) -> None:
    context = a_context(sqlite_store)
    made = decided(context, kind, *proposed, refuse=refuse)

    with context.store.unit(context.tenant) as unit:
        item = queue.items(unit, queue.Subject.PRESCRIPTION, (made.state,))[0]

    assert report(context, tmp_path, item.subject_id) == written


def test_a_proposed_line_is_in_the_decision_and_not_in_the_release(sqlite_store: Store) -> None:
    context = a_context(sqlite_store)

    made = decided(context, DecisionKind.VALIDATE, "1=suggestion 1 comprimé le soir")

    assert [each.proposed.identifier for each in made.decision.proposals] == [
        f"{made.decision.id}-1"
    ]
    with context.store.unit(context.tenant) as unit:
        item = queue.items(unit, queue.Subject.PRESCRIPTION, (made.state,))[0]
        release = releases.released(unit, item.subject_id)
    assert release is not None
    assert [line.line.identifier for line in release.content.lines] == ["L1", "L2"]
    assert release.decision == made.decision
