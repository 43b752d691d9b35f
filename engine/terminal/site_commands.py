"""The commands of `semainier site`."""

from pathlib import Path
from typing import Annotated

import typer

from engine.terminal.options import Json, Lang

app = typer.Typer(
    help="Sites: the clock, the moments and the codes with which a sender's words are read.",
    no_args_is_help=True,
)

Sites = Annotated[
    Path,
    typer.Option(
        "--sites", envvar="SEMAINIER_SITES", file_okay=False, help="The folder of your sites."
    ),
]


@app.command()
def new(
    name: Annotated[str, typer.Argument(help="The name of the site: les-tilleuls.")],
    zone: Annotated[str, typer.Option(help="Its time zone, by its IANA name: Indian/Reunion.")],
    sites: Sites,
    lang: Lang = None,
) -> None:
    """Write the files of a new site, each with comments that say what belongs there.

    No hour is filled in: `semainier site check` refuses the site until a person states them.
    """
    from engine.terminal.site import make_site

    make_site(name, zone, sites, lang)


@app.command()
def check(
    site: Annotated[str, typer.Argument(help="The name of a site, or its folder.")],
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Tell what is wrong with a site, file by file and line by line; status 1 when something is."""
    from engine.terminal.site import check_one

    check_one(site, as_json=as_json, language=lang)
