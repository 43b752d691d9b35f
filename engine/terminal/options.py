"""Options that several commands share."""

from pathlib import Path
from typing import Annotated

import typer

from engine.language import Language

Data = Annotated[
    Path,
    typer.Option(
        "--data",
        envvar="SEMAINIER_DATA",
        help="The folder of this installation: its settings and its embedded database.",
    ),
]
User = Annotated[
    str,
    typer.Option("--user", envvar="SEMAINIER_USER", help="The account in whose name this is done."),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON document.")]
Lang = Annotated[
    Language | None,
    typer.Option("--lang", help="The language of the tables; else that of the environment."),
]
HERE = Path("semainier-data")
"""Where an installation is when nobody says otherwise."""
