"""`semainier site`: make the files of a site, and tell what is wrong with them."""

import os
import re
from pathlib import Path

from engine.language import Language, speaker
from engine.terminal.shell import Status, console, finish, print_json
from mappings.catalogue import site_folder
from mappings.problem import Problem, TableError
from schemas.errors import Refused
from schemas.installation import SiteCheck, SiteProblem

_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def make_site(name: str, zone: str, sites: Path, language: Language | None) -> None:
    """Write the skeleton of a site into a new folder, and say where and what comes next.

    Raises: `Refused` for a name that is none, for a zone that no clock has, and for a folder that
    exists: nothing that a person wrote is written over.
    """
    from zoneinfo import available_timezones

    from engine.terminal.site_skeleton import skeleton

    say, out = speaker(language), console()
    if not _NAME.fullmatch(name):
        raise Refused("site: a name has lower-case letters, digits and single hyphens")
    if zone not in available_timezones():
        raise Refused("zone: must be a name of the IANA time zone database")
    folder = sites / name
    if folder.exists():
        raise Refused("site: there is already a folder of this name")
    for path, text in skeleton(name, zone, say).items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    out.print(say("The files of {site} are in {folder}.").format(site=name, folder=folder))
    out.print(say("State the hours there, then run: {command}").format(command=_next(folder)))


def _next(folder: Path) -> str:
    return f"semainier site check {folder}"


def check_one(site: str, *, as_json: bool, language: Language | None) -> None:
    """Show every problem of a site. Ends with status 1 when there is one.

    Raises: `Refused` when there is neither a folder nor a site of this name.
    """
    from mappings.site_check import check_site

    folder = _folder(site)
    problems = check_site(folder)
    if as_json:
        print_json(
            SiteCheck(site=folder.name, problems=tuple(_told(each, folder) for each in problems))
        )
    else:
        _show(folder, problems, language)
    finish(Status.REFUSED if problems else Status.DONE)


def _folder(site: str) -> Path:
    if os.sep in site or Path(site).is_dir():
        if not Path(site).is_dir():
            raise Refused("site: there is no such folder")
        return Path(site)
    try:
        return site_folder(site)
    except TableError as error:
        raise Refused(f"site: {error}") from None


def _told(problem: Problem, folder: Path) -> SiteProblem:
    return SiteProblem(
        file=problem.path.relative_to(folder).as_posix(),
        line=problem.line,
        rule=problem.fault.value,
        quoted=problem.quoted,
    )


def _show(folder: Path, problems: list[Problem], language: Language | None) -> None:
    from rich.text import Text

    from engine.terminal.tables import table_of

    say, out = speaker(language), console()
    if not problems:
        out.print(Text(say("{site}: no problem found.").format(site=folder.name)))
        return
    table = table_of(
        say("What is wrong with {site}").format(site=folder.name),
        say("File"),
        say("Line"),
        say("Rule"),
        say("Value"),
    )
    for problem in problems:
        told = _told(problem, folder)
        table.add_row(Text(told.file), str(told.line), say(told.rule), Text(told.quoted))
    out.print(table)
