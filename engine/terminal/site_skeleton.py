"""The files of a new site: heads, comments, and rows that wait for a person to fill them in."""

from collections.abc import Iterator
from pathlib import Path

from engine.language import Say
from mappings.catalogue import HERE
from mappings.site_check import (
    COMPARTMENTS,
    DISTRIBUTIONS,
    MOMENTS,
    SETTINGS,
    site_tables,
    target_of,
)
from mappings.table import COLUMNS, read_table
from schemas.moment import Compartment, Moment

MOST_A_DAY = 6
"""Rows that wait in `distributions.csv`: six times a day is every four hours."""
EXAMPLES = 3


def skeleton(name: str, zone: str, say: Say) -> dict[Path, str]:
    """The text of each file of the site, by its path in the folder of the site.

    No hour is stated: a row is a comment until a person fills it in and takes off its `#`.
    """
    files = {Path(SETTINGS): "\n".join(_settings(zone, say)) + "\n"}
    own = {MOMENTS: _moments, DISTRIBUTIONS: _distributions, COMPARTMENTS: _compartments}
    for table, rows in own.items():
        files[Path(f"{table}.csv")] = _table(f"{name}/{table}", table, rows(say), say)
    for table, row in site_tables().items():
        lines = (f"# {say(row.text)}", *_examples(table))
        files[Path(f"{table}.csv")] = _table(f"{name}/{table}", table, lines, say)
    return files


def _settings(zone: str, say: Say) -> Iterator[str]:
    yield f"# {say('The time zone, by its IANA name.')}"
    yield f'zone = "{zone}"'
    yield f"# {say('The moments that “with meals” stands for, each with an hour in moments.csv.')}"
    yield '# meals = "CM CD CV"'
    words = say("When the day begins, where a night round comes after midnight; else at midnight.")
    yield f"# {words}"
    yield '# day_starts_at = "03:00"'


def _table(named: str, table: str, lines: Iterator[str] | tuple[str, ...], say: Say) -> str:
    head = f"# table: {named}  target: {target_of(table)}  version: 1"
    columns = say(
        "code: as the sender writes it; text: in words; target: what it is for us; "
        "source: where that is written; read_by: the two people who read the row."
    )
    return "\n".join((head, ";".join(COLUMNS), f"# {columns}", *lines)) + "\n"


def _moments(say: Say) -> Iterator[str]:
    words = say(
        "The hour of each moment, HH:MM. Without its hour, a dose at a moment is not planned."
    )
    yield f"# {words}"
    for moment in Moment:
        yield f"# {moment.value};{say(moment.name.replace('_', ' ').lower())};;;"


def _distributions(say: Say) -> Iterator[str]:
    words = say("The moments of “n times a day” where the sender says no time: n moments each.")
    yield f"# {words}"
    for number in range(1, MOST_A_DAY + 1):
        yield f"# {number};{say('{n} a day').format(n=number)};;;"


def _compartments(say: Say) -> Iterator[str]:
    words = say("The compartment of each moment. A moment without one stays beside the organiser.")
    yield f"# {words} ({', '.join(each.value for each in Compartment)})"
    for moment in Moment:
        yield f"# {moment.value};{say(moment.name.replace('_', ' ').lower())};;;"


def _examples(table: str) -> Iterator[str]:
    """The first rows of the shipped table, as comments."""
    shipped = HERE / f"{table}.csv"
    if shipped.is_file():
        for row in list(read_table(shipped))[:EXAMPLES]:
            yield f"# {row.code};{row.text};{row.target};;"
