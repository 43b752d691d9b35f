"""`semainier doctor`: what is installed, and whether it can work."""

import importlib
import json
import platform
import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path
from urllib.parse import unquote, urlparse

from engine.language import Language, speaker
from engine.terminal.shell import Status, console, finish, print_json
from schemas.installation import Installation

DISTRIBUTION = "semainier"
ROOMS = ("cli", "schemas", "mappings", "connectors", "engine")
OLDEST_PYTHON = (3, 11)
ZONES = (
    "Europe/Paris",
    "America/Guadeloupe",
    "America/Martinique",
    "America/Cayenne",
    "Indian/Reunion",
    "Indian/Mayotte",
    "America/Miquelon",
    "Pacific/Noumea",
    "Pacific/Tahiti",
    "Pacific/Marquesas",
    "Pacific/Wallis",
)
"""Where French pharmacies are. Source: IANA time zone database, zone.tab."""


def examine(*, as_json: bool, language: Language | None) -> None:
    """Shows the installation. Ends with status 1 when there is a problem."""
    installation = installed()
    if as_json:
        print_json(installation)
    else:
        _show(installation, language)
    finish(Status.REFUSED if installation.problems else Status.DONE)


def installed() -> Installation:
    """The installation that runs this, with every problem found."""
    from connectors.registry import connectors
    from mappings.catalogue import site_names

    distribution = _distribution()
    rooms = {name: str(importlib.import_module(name).__file__) for name in ROOMS}
    problems = (
        *_python_problems(),
        *_place_problems(distribution, rooms),
        *_library_problems(distribution),
        *_table_problems(),
        *_zone_problems(),
    )
    return Installation(
        version=distribution.version if distribution else None,
        python=platform.python_version(),
        rooms=rooms,
        libraries=dict(_libraries(distribution)),
        formats=tuple(connectors()),
        sites=site_names(),
        problems=problems,
    )


def _distribution() -> metadata.Distribution | None:
    try:
        return metadata.distribution(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return None


def _python_problems() -> Iterator[str]:
    if sys.version_info < OLDEST_PYTHON:
        yield f"Python {platform.python_version()} is too old: 3.11 or newer is needed"


def _place_problems(
    distribution: metadata.Distribution | None, rooms: dict[str, str]
) -> Iterator[str]:
    """The five names are common words: another distribution, or a folder, may stand before ours."""
    if distribution is None:
        yield f"the distribution {DISTRIBUTION} is not installed"
        return
    home = _home(distribution)
    for name, file in rooms.items():
        if home not in Path(file).resolve().parents:
            yield f"{name} is loaded from {file}, not from the installation in {home}"


def _home(distribution: metadata.Distribution) -> Path:
    """The folder that holds the rooms: the source of an editable installation, else site-packages.

    Source: PEP 610, `direct_url.json`.
    """
    origin = json.loads(distribution.read_text("direct_url.json") or "{}")
    if origin.get("dir_info", {}).get("editable"):
        return Path(unquote(urlparse(origin["url"]).path)).resolve()
    return Path(str(distribution.locate_file(""))).resolve()


def _requirements(distribution: metadata.Distribution | None) -> Iterable[str]:
    """The names of the libraries needed at run time."""
    for requirement in (distribution.requires or ()) if distribution else ():
        if "extra ==" not in requirement:
            yield re.split(r"[^A-Za-z0-9_.-]", requirement, maxsplit=1)[0]


def _libraries(distribution: metadata.Distribution | None) -> Iterator[tuple[str, str]]:
    for name in _requirements(distribution):
        version = _version(name)
        if version is not None:
            yield name, version


def _library_problems(distribution: metadata.Distribution | None) -> Iterator[str]:
    for name in _requirements(distribution):
        if _version(name) is None:
            yield f"the library {name} is not installed"


def _version(name: str) -> str | None:
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return None


def _table_problems() -> Iterator[str]:
    from mappings.catalogue import site_folder, site_names
    from mappings.check import check_tables
    from mappings.site_check import check_site

    yield from map(str, check_tables())
    for name in site_names():
        yield from map(str, check_site(site_folder(name)))


def _zone_problems() -> Iterator[str]:
    from zoneinfo import available_timezones

    for missing in sorted(set(ZONES) - available_timezones()):
        yield f"the time zone data lack {missing}"


def _show(installation: Installation, language: Language | None) -> None:
    from rich.text import Text

    from engine.terminal.tables import table_of

    say, out = speaker(language), console()
    table = table_of(say("Installation"), say("What"), say("Which"))
    table.add_row(DISTRIBUTION, installation.version or say("not installed"))
    table.add_row("Python", installation.python)
    for name, place in (*installation.rooms.items(), *installation.libraries.items()):
        table.add_row(Text(name), Text(place))
    table.add_row(say("Formats"), ", ".join(installation.formats))
    table.add_row(say("Sites"), ", ".join(installation.sites))
    out.print(table)
    for problem in installation.problems:
        out.print(Text(f"■ {problem}", style="bold red"))
    if not installation.problems:
        out.print(Text(say("No problem found.")))
