"""Agreement with public dosages whose dated doses, or reason for review, others have stated.

The rows lie outside the project: `SEMAINIER_EXTERNAL_CASES` names their folder.
"""

import json
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from builders import REFERENCE

from engine.pipeline.expansion import expand_rows

DIFFERING: Mapping[str, str] = {}
"""Scored rows on which we differ, each with the argument. There is none."""


def _answers(path: Path) -> list[tuple[dict[str, Any], dict[str, Any]]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [json.loads(line, parse_float=Decimal) for line in lines]
    answers = [json.loads(line) for line in expand_rows(lines, REFERENCE)]
    return list(zip(rows, answers, strict=True))


def _label(intake: Mapping[str, Any]) -> str:
    if intake["moment"] is None:
        return str(intake["at"])
    offset = intake["offset_minutes"]
    ending = "" if offset is None else f"@{offset}"
    return f"{intake['at'][:10]}#{intake['moment']}{ending}"


def _found(answer: Mapping[str, Any]) -> list[tuple[str, Decimal | None, str | None]] | None:
    if not answer["computable"]:
        return None
    return [
        (_label(one), one["quantity"] and Decimal(one["quantity"]), one["unit"])
        for one in answer["planned"]
    ]


def _expected(given: Sequence[Sequence[Any]] | Mapping[str, str]) -> list[Any] | None:
    if isinstance(given, Mapping):
        return None
    return [
        (label, None if amount is None else Decimal(amount), unit) for label, amount, unit in given
    ]


def test_every_scored_row_agrees_but_for_those_that_are_argued(external_cases: Path) -> None:
    path = external_cases / "expansion-oracle.jsonl"
    if not path.is_file():
        pytest.skip("SEMAINIER_EXTERNAL_CASES holds no expansion-oracle.jsonl")

    differing = {
        row["id"]
        for row, answer in _answers(path)
        if row.get("scored") and _found(answer) != _expected(row["expected"])
    }

    assert differing == set(DIFFERING)


def test_no_real_dosage_is_left_without_a_plan_a_list_or_a_reason(external_cases: Path) -> None:
    path = external_cases / "dosage-cases.jsonl"
    if not path.is_file():
        pytest.skip("SEMAINIER_EXTERNAL_CASES holds no dosage-cases.jsonl")
    given = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    asked = {"start": "2026-03-02T08:00:00+01:00", "horizon_days": 28, "zone": "Europe/Paris"}
    rows = [json.dumps({"id": one["id"], "dosage": one["dosage"], **asked}) for one in given]

    answers = [json.loads(line) for line in expand_rows(rows, REFERENCE)]

    assert [answer["id"] for answer in answers] == [one["id"] for one in given]
    silent = [
        answer["id"]
        for answer in answers
        if not (answer["planned"] or answer["as_needed"] or answer["findings"])
    ]
    assert silent == []
    assert all(answer["computable"] or not answer["planned"] for answer in answers)
