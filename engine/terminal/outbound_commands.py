"""The commands about what leaves: `export`, `adherence`; and `run` and `demo`."""

from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from engine.terminal.options import HERE, Data, Json, Lang, User

Day = Annotated[
    datetime | None,
    typer.Option("--from", formats=["%Y-%m-%d"], help="First day; else today."),
]
REASONS = "hospital, absence, device-fault or other"


def export(
    kind: Annotated[
        Literal["schedule", "analysis", "intakes", "adherence"],
        typer.Argument(help="What is written."),
    ],
    subject: Annotated[
        str, typer.Argument(help="A queue item, a prescription version or an adherence result.")
    ],
    user: User,
    format_name: Annotated[
        str, typer.Option("--format", help="fhir, hl7v2, pn13, cda or tabular.")
    ],
    receiver: Annotated[str, typer.Option("--receiver", help="The third party it is for.")],
    folder: Annotated[Path, typer.Option("--to", file_okay=False, help="The receiver's folder.")],
    writer: Annotated[
        str | None, typer.Option("--writer", help="Which writer of the format (json, xml, robot).")
    ] = None,
    first: Day = None,
    days: Annotated[int, typer.Option(min=1, max=366, help="Days of dated intakes.")] = 28,
    data: Data = HERE,
    as_json: Json = False,
) -> None:
    """Write what a pharmacist validated, for a receiver with consent and grant in force."""
    from engine.terminal.export import Sending, send
    from engine.terminal.queue import Desk
    from schemas.export import ExportKind

    sending = Sending(
        ExportKind(kind),
        subject,
        format_name,
        receiver,
        folder,
        writer,
        first.date() if first else None,
        days,
    )
    send(Desk(data, user, as_json, None), sending)


def adherence(
    patient: Annotated[str, typer.Argument(help="Our id of the patient, or an identifier.")],
    user: User,
    first: Annotated[
        datetime, typer.Option("--from", formats=["%Y-%m-%d"], help="First day, included.")
    ],
    last: Annotated[
        datetime, typer.Option("--to", formats=["%Y-%m-%d"], help="Last day, included.")
    ],
    unmonitored: Annotated[
        list[str] | None,
        typer.Option(
            "--not-monitored",
            metavar="FIRST..LAST:REASON",
            help=f"Days that are left out, and why: {REASONS}.",
        ),
    ] = None,
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Compute what was taken of what was planned, and put it before a pharmacist."""
    from engine.terminal.adherence import compute_adherence
    from engine.terminal.queue import Desk

    desk = Desk(data, user, as_json, lang)
    compute_adherence(desk, patient, first.date(), last.date(), unmonitored or ())


def run(
    data: Data = HERE,
    http_port: Annotated[int, typer.Option(min=0, max=65535, help="0 takes a free one.")] = 8080,
    mllp_port: Annotated[
        int,
        typer.Option(
            min=0,
            max=65535,
            help="Of the channel mllp, where it states none; 0 takes a free one.",
        ),
    ] = 2575,
    ack: Annotated[
        Literal["accept", "processed"],
        typer.Option(
            help="What an acknowledgment says: accept = kept, processed = read and planned. "
            "A channel may state its own."
        ),
    ] = "accept",
) -> None:
    """Run the whole engine in one process: HTTP on loopback, MLLP, workers, sweep."""
    from engine.pipeline.answer import Promise
    from engine.terminal.run import Ports, run_engine

    run_engine(data, Ports(http_port, mllp_port), Promise(ack))


def demo(
    folder: Annotated[
        Path | None,
        typer.Option("--to", file_okay=False, help="Where the exports go; else a new folder."),
    ] = None,
    lang: Lang = None,
) -> None:
    """Show the whole road on the samples of the project, in a new embedded database."""
    from engine.terminal.demo import show_the_road

    show_the_road(folder, lang)
