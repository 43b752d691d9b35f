"""Every construct of docs/posology/*.toml does what its entry says, and its test exists."""

import ast
import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import constructs_cda
import constructs_hl7v2
import constructs_pn13
import pytest
from builders import REFERENCE
from constructs import TITLES, Construct, constructs
from phases_in_words import in_words

from engine.pipeline.expansion import expand_rows
from engine.pipeline.explain import explain
from engine.posology.text.propose import propose
from schemas.base import plain_decimal
from schemas.schedule import PlannedIntake

ROOT = Path(__file__).parent.parent
MESSAGES = {
    "cda": constructs_cda.message,
    "hl7v2": constructs_hl7v2.message,
    "pn13": constructs_pn13.message,
}


@dataclass(frozen=True)
class Outcome:
    """What became of an example."""

    gives: tuple[str, ...]
    finds: frozenset[str]
    blocking: frozenset[str]
    as_needed: int


def dose(at: datetime, moment: str | None, amount: str | None, unit: str | None) -> str:
    """`2026-03-02 08:00 MORN 1 tablet`; an offset in minutes stands behind its moment: `ACM@30`."""
    return " ".join(part for part in (f"{at:%Y-%m-%d %H:%M}", moment, amount, unit) if part)


def placed(moment: str | None, offset: int | None) -> str | None:
    return moment if offset is None else f"{moment}@{offset}"


def of_dosages(one: Construct) -> Outcome:
    """By `semainier expand`."""
    dosage = json.loads(one.example)
    row = {
        "dosage": dosage if isinstance(dosage, list) else [dosage],
        "start": one.start,
        "horizon_days": one.days,
        "zone": one.zone,
    }
    (answer,) = expand_rows([json.dumps(row)], REFERENCE)
    found = json.loads(answer)
    return Outcome(
        gives=tuple(
            dose(
                datetime.fromisoformat(each["at"]),
                placed(each["moment"], each["offset_minutes"]),
                each["quantity"],
                each["unit"],
            )
            for each in found["planned"]
        ),
        finds=frozenset(each["code"] for each in found["findings"]),
        blocking=frozenset(
            each["code"] for each in found["findings"] if each["severity"] == "blocking"
        ),
        as_needed=len(found["as_needed"]),
    )


def of_message(name: str, one: Construct) -> Outcome:
    """By `semainier explain` on a message that is clean but for the example."""
    start = datetime.fromisoformat(one.start)
    explained = explain(
        MESSAGES[name](one.example, one.start),
        format_name=name,
        site="reference",
        first=start.date(),
        days=one.days,
        today=start.date(),
    )
    (prescription,) = explained.prescriptions
    findings = [*explained.findings, *prescription.findings]
    findings += [found for line in prescription.lines for found in line.findings]
    planned = sorted(each for line in prescription.lines for each in line.planned)
    return Outcome(
        gives=tuple(map(_dose_of, planned)),
        finds=frozenset(found.code.value for found in findings),
        blocking=frozenset(found.code.value for found in findings if found.blocks),
        as_needed=sum(len(line.schedule.as_needed) for line in prescription.lines),
    )


def _dose_of(intake: PlannedIntake) -> str:
    quantity = intake.quantity
    return dose(
        intake.due_at.astimezone(ZoneInfo(REFERENCE.zone)),
        placed(intake.moment, intake.offset_minutes),
        plain_decimal(quantity.value.normalize()) if quantity else None,
        quantity.unit_label if quantity else None,
    )


def dosed() -> Iterator[object]:
    for name in TITLES:
        if name != "text":
            for one in constructs(name):
                yield pytest.param(name, one, id=f"{name}: {one.name}")


@pytest.mark.parametrize(("name", "one"), list(dosed()))
def test_an_example_gives_the_doses_that_were_worked_out_by_hand(name: str, one: Construct) -> None:
    outcome = of_dosages(one) if name == "fhir" else of_message(name, one)

    assert outcome.gives == one.gives
    assert outcome.as_needed == one.as_needed
    assert set(one.finds) <= outcome.finds
    assert outcome.blocking == set(one.finds) & outcome.blocking, "a blocking finding is not told"
    assert one.gives or one.as_needed or one.finds


@pytest.mark.parametrize("one", [pytest.param(one, id=one.name) for one in constructs("text")])
def test_a_text_is_read_as_it_was_by_hand(one: Construct) -> None:
    proposal = propose(one.example)

    assert tuple(map(in_words, proposal.phases)) == one.reads
    assert proposal.unread == one.unread


@cache
def functions_of(path: Path) -> frozenset[str]:
    """The names of the test functions of a file."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return frozenset(each.name for each in tree.body if isinstance(each, ast.FunctionDef))


@pytest.mark.parametrize("name", TITLES)
def test_the_test_that_is_said_to_hold_a_construct_exists(name: str) -> None:
    for one in constructs(name):
        path, _, test = one.test.partition("::")
        assert (ROOT / path).is_file(), f"{one.name}: {path}"
        assert test.partition("[")[0] in functions_of(ROOT / path), f"{one.name}: {one.test}"


def test_no_two_constructs_of_a_format_have_one_name() -> None:
    for name in TITLES:
        names = [one.name for one in constructs(name)]
        assert len(set(names)) == len(names)
