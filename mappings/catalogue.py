"""Finds tables and sites: the shipped ones, and those of a site laid over them.

A site is a folder `sites/<site>/` with `site.toml` (its zone), `moments.csv` and
`distributions.csv`, and any table that it states differently (`sites/<site>/pn13/units.csv`).
`SEMAINIER_SITES` names a further folder of sites; its sites win over the shipped ones.
"""

import os
import tomllib
from datetime import time
from functools import cache
from pathlib import Path

from mappings.table import Table, TableError, read_table
from schemas.moment import Compartment, Moment
from schemas.site import Site

HERE = Path(__file__).parent
REFERENCE = "reference"
"""The site that ships with the project: the conventions of the expansion oracle."""


def site_folder(name: str) -> Path:
    """The folder of a site. Raises: `TableError` when there is no site of this name."""
    own = os.environ.get("SEMAINIER_SITES")
    for root in (Path(own) if own else None, HERE / "sites"):
        if root is not None and (root / name / "site.toml").is_file():
            return root / name
    raise TableError(f"no site named {name!r}")


@cache
def table(name: str, site: str | None = None) -> Table:
    """The table `name` (`pn13/units`), with the rows of the site over it.

    Raises: `TableError` when neither the catalogue nor the site has such a table.
    """
    shipped = HERE / f"{name}.csv"
    own = site_folder(site) / f"{name}.csv" if site else None
    tables = [read_table(path) for path in (shipped, own) if path is not None and path.is_file()]
    if not tables:
        raise TableError(f"no table named {name!r}")
    return tables[0].overlaid(tables[1]) if len(tables) == len((shipped, own)) else tables[0]


def has_table(name: str, site: str | None = None) -> bool:
    """Whether `table` would find one: some tables exist for single sites only."""
    if (HERE / f"{name}.csv").is_file():
        return True
    return site is not None and (site_folder(site) / f"{name}.csv").is_file()


@cache
def load_site(name: str) -> Site:
    """The site of this name. Raises: `TableError` naming the file and line that is wrong."""
    folder = site_folder(name)
    settings = tomllib.loads((folder / "site.toml").read_text(encoding="utf-8"))
    moments = read_table(folder / "moments.csv")
    return Site(
        name=name,
        zone=settings["zone"],
        moments={Moment(row.code): time.fromisoformat(row.target) for row in moments},
        distributions={
            int(row.code): _moments(row.target) for row in read_table(folder / "distributions.csv")
        },
        meals=_moments(settings["meals"]),
        day_starts_at=time.fromisoformat(settings.get("day_starts_at", "00:00")),
        compartments={
            Moment(row.code): Compartment(row.target)
            for row in read_table(folder / "compartments.csv")
        },
    )


def _moments(listed: str) -> tuple[Moment, ...]:
    return tuple(Moment(code) for code in listed.split())


def site_names() -> tuple[str, ...]:
    """Every site that can be loaded, in alphabetical order."""
    own = os.environ.get("SEMAINIER_SITES")
    roots = [HERE / "sites", *([Path(own)] if own else [])]
    return tuple(sorted({path.parent.name for root in roots for path in root.glob("*/site.toml")}))
