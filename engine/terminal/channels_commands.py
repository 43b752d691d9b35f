"""The commands of `semainier channels`."""

from typing import Annotated

import typer

from engine.terminal.options import HERE, Data, Json, Lang

app = typer.Typer(
    help="Channels: who sends to us and who receives, by which way, as the settings state.",
    no_args_is_help=True,
)


@app.command()
def check(data: Data = HERE, as_json: Json = False, lang: Lang = None) -> None:
    """Tell every mistake in the settings with its line; status 1 when there is one.

    The files of TLS are opened, nothing is connected.
    """
    from engine.terminal.channels import check_settings

    check_settings(data, as_json=as_json, language=lang)


@app.command("list")
def list_(data: Data = HERE, as_json: Json = False, lang: Lang = None) -> None:
    """List the channels: site, format, acknowledgment, addresses, TLS."""
    from engine.terminal.channels import list_channels

    list_channels(data, as_json=as_json, language=lang)


@app.command("test")
def try_one(
    name: Annotated[str, typer.Argument(help="The name of the channel.")],
    data: Data = HERE,
    as_json: Json = False,
    lang: Lang = None,
) -> None:
    """Try the connections of one channel; no message is sent, and none is taken.

    The port to listen at must be free, certificates must be in force, a receiver must be there.
    Status 1 when something must be changed, 3 when it may be tried again.
    """
    from engine.terminal.channels import try_channel

    try_channel(data, name, as_json=as_json, language=lang)
