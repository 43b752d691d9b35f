"""The commands. Each is one call into `engine.terminal`; heavy imports happen in there."""

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from engine.terminal import (
    channels_commands,
    inbox_commands,
    interpret_commands,
    outbound_commands,
    people_commands,
    queue_commands,
    reference_commands,
    shell,
    site_commands,
)
from engine.terminal.options import Json, Lang

app = typer.Typer(
    name="semainier",
    cls=shell.Commands,
    help="Prescriptions in, dose schedules that a pharmacist validates, validated results out.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)

File = Annotated[
    Path,
    typer.Argument(help="A file, or - for stdin.", callback=shell.existing_file),
]
Format = Annotated[
    str | None,
    typer.Option(
        "--format",
        help="The format of the file; detected when not given.",
        callback=shell.readable_format,
        autocompletion=shell.complete_format,
    ),
]
Site = Annotated[
    str,
    typer.Option(
        "--site",
        help="The site whose clock, moments and tables are used.",
        callback=shell.existing_site,
        autocompletion=shell.complete_site,
    ),
]
Day = Annotated[
    datetime | None,
    typer.Option(
        "--from",
        formats=["%Y-%m-%d"],
        help="First day; else the first that the file plans, else the day of writing, else today.",
    ),
]


@app.command()
def explain(
    file: File,
    format_name: Format = None,
    site: Site = "reference",
    first: Day = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="How many days are shown.")] = 7,
    data: Annotated[
        Path | None,
        typer.Option(
            "--data",
            exists=True,
            file_okay=False,
            help="The installation whose product reference is asked; none when not given.",
        ),
    ] = None,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Tell what one file says, where, what is planned and what is in doubt. Stores nothing."""
    from engine.terminal.explain import Asked, explain_file

    asked = Asked(format_name, site, first.date() if first else None, days, data)
    explain_file(file, asked, as_json=as_json, language=lang)


@app.command()
def convert(
    file: File,
    to: Annotated[
        str,
        typer.Option(
            "--to",
            help="The format of the result.",
            callback=shell.convertible_format,
            autocompletion=shell.complete_target,
        ),
    ],
    format_name: Format = None,
    site: Site = "reference",
    as_xml: Annotated[bool, typer.Option("--xml", help="Write XML instead of JSON.")] = False,
    out: Annotated[
        Path | None,
        typer.Option("--out", dir_okay=False, help="The file of the result; else standard output."),
    ] = None,
    as_json: Annotated[
        bool, typer.Option("--json-report", help="Print the report as one JSON document.")
    ] = False,
    lang: Lang = None,
) -> None:
    """Write one file in another format, and tell all that it does not carry. Stores nothing."""
    from engine.terminal.convert import Wanted, convert_file

    wanted = Wanted(to, "xml" if as_xml else "json", format_name, site, out)
    convert_file(file, wanted, as_json=as_json, language=lang)


@app.command()
def expand(site: Site = "reference") -> None:
    """Read FHIR R4 dosages as JSON Lines from stdin, print dated intakes as JSON Lines."""
    from engine.terminal.expand import expand_lines

    expand_lines(site)


@app.command()
def lint(file: File, format_name: Format = None, as_json: Json = False, lang: Lang = None) -> None:
    """Check that a file keeps the rules of its own standard; status 1 when it does not."""
    from engine.terminal.lint import lint_file

    lint_file(file, format_name, as_json=as_json, language=lang)


@app.command()
def schema(
    name: Annotated[
        str | None, typer.Argument(help="One document (`explanation`); all when not given.")
    ] = None,
) -> None:
    """Print the JSON Schema of the documents that this program prints."""
    from engine.terminal.schema import print_schema

    print_schema(name)


@app.command()
def doctor(as_json: Json = False, lang: Lang = None) -> None:
    """Check the installation: rooms, libraries, sites, tables, time zones."""
    from engine.terminal.doctor import examine

    examine(as_json=as_json, language=lang)


@app.command()
def bench() -> None:
    """Print how fast this machine is: the figures of benchmarks/, in a checkout of the project."""
    from engine.terminal.bench import print_figures

    print_figures()


app.command("import")(inbox_commands.import_files)
app.command()(inbox_commands.replay)
app.command()(inbox_commands.trace)
app.command()(outbound_commands.export)
app.command()(outbound_commands.adherence)
app.command()(outbound_commands.run)
app.command()(outbound_commands.demo)
app.add_typer(inbox_commands.messages, name="messages")
queue_commands.app.command()(interpret_commands.offer)
queue_commands.app.command()(interpret_commands.interpret)
app.add_typer(queue_commands.app, name="queue")
app.add_typer(reference_commands.app, name="reference")
app.add_typer(site_commands.app, name="site")
app.add_typer(channels_commands.app, name="channels")
app.add_typer(people_commands.account, name="account")
app.add_typer(people_commands.access, name="access")


if __name__ == "__main__":
    app()
