"""What is planned is what the sets of HL7 v3 say: a slow evaluation of random time expressions.

It knows no posology: a time expression is a set of (day, time) pairs of a fortnight, and
each operator is the one of the standard (Data Types R1, SXCM): `I` unites, `A` intersects, `E`
takes away. What the reader refuses is not compared: it plans nothing.
"""

from dataclasses import dataclass
from datetime import date, timedelta

import pytest
from constructs_cda import message
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.pipeline.explain import explain
from schemas.explanation import ExplainedLine

FIRST = date(2026, 3, 2)
"""A Monday."""
DAYS = range(14)
CLOCK = ("08:00", "20:00")
EVENTS = ("CM", "CV")
Place = tuple[int, str]
ALL = frozenset((day, time) for day in DAYS for time in (*CLOCK, *EVENTS))


@dataclass(frozen=True)
class Time:
    """A part of an expression: its type, its content, and the pairs that it holds."""

    kind: str
    inner: str
    holds: frozenset[Place]


def stamp(day: int, hour: str = "") -> str:
    return f"{FIRST + timedelta(days=day):%Y%m%d}{hour.replace(':', '')}"


def interval(first: int, last: int) -> Time:
    inner = f'<low value="{stamp(first)}"/><high value="{stamp(last)}"/>'
    return Time("IVL_TS", inner, frozenset(each for each in ALL if first <= each[0] <= last))


def rhythm(day: int, hour: str, days: int) -> Time:
    inner = f'<phase><low value="{stamp(day, hour)}"/></phase><period value="{days}" unit="d"/>'
    held = (each for each in ALL if each[1] == hour and (each[0] - day) % days == 0)
    return Time("PIVL_TS", inner, frozenset(held))


def window(day: int, days_on: int, days: int) -> Time:
    inner = (
        f'<phase><low value="{stamp(day)}"/><width value="{days_on}" unit="d"/></phase>'
        f'<period value="{days}" unit="d"/>'
    )
    return Time("PIVL_TS", inner, frozenset(e for e in ALL if (e[0] - day) % days < days_on))


def event(code: str) -> Time:
    return Time("EIVL_TS", f'<event code="{code}"/>', frozenset(e for e in ALL if e[1] == code))


LEAVES = st.one_of(
    st.builds(interval, st.integers(0, 3), st.integers(4, 13)),
    st.builds(rhythm, st.integers(0, 6), st.sampled_from(CLOCK), st.sampled_from([1, 2, 7, 14])),
    st.builds(window, st.integers(0, 6), st.integers(1, 3), st.sampled_from([4, 7])),
    st.builds(event, st.sampled_from(EVENTS)),
)
OPERATORS = st.sampled_from("AAAAIIIE")


def together(parts: list[tuple[str, Time]]) -> Time:
    """A set of these components, each with its operator."""
    holds = parts[0][1].holds
    for operator, part in parts[1:]:
        if operator == "A":
            holds &= part.holds
        else:
            holds = holds | part.holds if operator == "I" else holds - part.holds
    return Time("SXPR_TS", stated(parts, "comp"), holds)


def stated(parts: list[tuple[str, Time]], element: str) -> str:
    return "".join(
        f'<{element} xsi:type="{part.kind}" operator="{operator}">{part.inner}</{element}>'
        for operator, part in parts
    )


def components(inner: st.SearchStrategy[Time]) -> st.SearchStrategy[list[tuple[str, Time]]]:
    return st.lists(st.tuples(OPERATORS, inner), min_size=1, max_size=4)


RHYTHMS = st.builds(
    rhythm, st.sampled_from([0, 0, 3]), st.sampled_from(CLOCK), st.sampled_from([1, 2, 7, 7])
)
UNITED = st.sampled_from("IIIIIIIE")
TIMES = st.one_of(
    st.lists(st.tuples(UNITED, st.builds(event, st.sampled_from(EVENTS))), min_size=1, max_size=2),
    st.lists(st.tuples(UNITED, RHYTHMS), min_size=1, max_size=4),
).map(together)
WINDOWS = st.builds(window, st.sampled_from([0, 0, 5]), st.integers(1, 3), st.sampled_from([4, 7]))
PERIODS = st.builds(interval, st.just(0), st.integers(4, 13))
WILD = components(st.one_of(LEAVES, components(LEAVES).map(together)))
LIKELY = st.one_of(
    RHYTHMS.map(lambda made: [("A", made)]),
    st.tuples(TIMES, TIMES).map(lambda made: [("A", made[0]), ("A", made[1])]),
    st.tuples(st.sampled_from("AAAAAIE"), TIMES).map(lambda made: [made]),
    st.tuples(WINDOWS, TIMES).map(lambda made: [("A", made[0]), ("A", made[1])]),
    st.tuples(TIMES, WINDOWS).map(lambda made: [("A", made[0]), ("A", made[1])]),
)
EXPRESSIONS = st.tuples(PERIODS, st.one_of(LIKELY, LIKELY, WILD)).map(
    lambda made: [("I", made[0]), *made[1]]
)


def explained(parts: list[tuple[str, Time]]) -> ExplainedLine:
    explanation = explain(
        message(stated(parts, "effectiveTime"), "2026-03-02T00:00:00+01:00"),
        format_name="cda",
        site="reference",
        first=FIRST,
        days=len(DAYS),
        today=FIRST,
    )
    return explanation.prescriptions[0].lines[0]


def planned(line: ExplainedLine) -> frozenset[Place]:
    return frozenset(
        ((each.due_at.date() - FIRST).days, each.moment or f"{each.due_at:%H:%M}")
        for each in line.planned
    )


@settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
@given(EXPRESSIONS)
def test_a_schedule_is_the_set_that_its_expression_states(parts: list[tuple[str, Time]]) -> None:
    line = explained(parts)

    if not any(finding.blocks for finding in line.findings):
        assert planned(line) == together(parts).holds


@pytest.mark.parametrize(
    "parts",
    [
        [("I", interval(0, 9)), ("A", event("CM"))],
        [("I", interval(0, 9)), ("A", together([("I", event("CM")), ("I", event("CV"))]))],
        [("I", interval(0, 9)), ("A", rhythm(0, "08:00", 2))],
        [
            ("I", interval(0, 9)),
            ("A", together([("I", rhythm(1, "08:00", 7)), ("I", rhythm(4, "08:00", 7))])),
        ],
        [("I", interval(0, 9)), ("A", window(0, 2, 4)), ("A", rhythm(0, "20:00", 1))],
        [("I", interval(0, 9)), ("A", window(5, 2, 7)), ("A", event("CV"))],
    ],
)
def test_what_is_planned_agrees_where_something_is(parts: list[tuple[str, Time]]) -> None:
    line = explained(parts)

    assert line.planned
    assert planned(line) == together(parts).holds
