"""The commands of `semainier reference`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.terminal.options import HERE, Data, Json, Lang

app = typer.Typer(
    help="What is published of products: the releases of the BDPM, and links from UCD to CIP.",
    no_args_is_help=True,
)

Day = Annotated[
    datetime,
    typer.Argument(metavar="DATE", formats=["%Y-%m-%d"], help="The day of its publication."),
]


@app.command()
def load(
    source: Annotated[
        Path, typer.Argument(exists=True, help="A folder with the files of one release, or a zip.")
    ],
    published: Annotated[
        datetime | None,
        typer.Option(
            "--published",
            formats=["%Y-%m-%d"],
            help="The day of publication; needed unless the name of the folder or zip states it.",
        ),
    ] = None,
    links: Annotated[
        Path | None,
        typer.Option(
            "--links",
            exists=True,
            dir_okay=False,
            help="A CSV file that joins ucd13 or ucd7 to cip13, cip7 or cis, named by its head.",
        ),
    ] = None,
    limit: Annotated[
        float,
        typer.Option(
            "--limit",
            min=0,
            max=100,
            help="Of 100 rows of a file, how many may be unusable before the release is refused.",
        ),
    ] = 1,
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Load a release of the BDPM, whole or not at all, and put it in force."""
    from decimal import Decimal

    from engine.pipeline.reference import Order
    from engine.terminal.reference import load_release

    day = published.date() if published else None
    order = Order(source, day, links, Decimal(str(limit)))
    load_release(data, order, as_json=as_json, language=lang)


@app.command("list")
def list_releases(data: Data = HERE, as_json: Json = False, lang: Lang = None) -> None:
    """Show the releases that are kept, the newest first, and which is in force."""
    from engine.terminal.reference import list_releases

    list_releases(data, as_json=as_json, language=lang)


@app.command()
def use(day: Day, data: Data = HERE, lang: Lang = None) -> None:
    """Put the release of a day in force, for example an earlier one again."""
    from engine.terminal.reference import use_release

    use_release(data, day.date(), language=lang)


@app.command()
def doubts(day: Day, data: Data = HERE, as_json: Json = False, lang: Lang = None) -> None:
    """Show every row of a release that was kept apart or kept with a doubt."""
    from engine.terminal.reference import show_doubts

    show_doubts(data, day.date(), as_json=as_json, language=lang)


@app.command()
def show(
    code: Annotated[str, typer.Argument(help="A CIS, CIP13, CIP7, UCD13 or UCD7.")],
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Show all that the release in force says of the product of a code."""
    from engine.terminal.reference import show_product

    show_product(data, code, as_json=as_json, language=lang)
