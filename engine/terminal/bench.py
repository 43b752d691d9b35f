"""`semainier bench`: the figures of this machine, by the programs in `benchmarks/`."""

import runpy
from pathlib import Path

import typer

from schemas.errors import Refused

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"


def print_figures(folder: Path = BENCHMARKS) -> None:
    """Runs each program of the folder, in alphabetical order; they print.

    Raises: `Refused` when there is none, as in an installed package.
    """
    programs = sorted(folder.glob("*.py"))
    if not programs:
        raise Refused("bench: the benchmarks are in a checkout of the project, and this is none")
    for program in programs:
        typer.echo(f"\n{folder.name}/{program.name}")
        runpy.run_path(str(program), run_name="__main__")
