"""`semainier channels`: what the settings say of each channel, what is wrong, what works."""

from pathlib import Path

from pydantic import TypeAdapter

from engine.language import Language, speaker
from engine.settings import FILE, Channel, load_settings, read_settings
from engine.settings_check import SettingProblem
from engine.terminal.shell import Status, console, finish, print_json
from schemas.errors import Refused
from schemas.installation import ChannelRow, ChannelsCheck, ChannelTrial, SettingMistake


def check_settings(data: Path, *, as_json: bool, language: Language | None) -> None:
    """Show every mistake in the settings of this installation. Ends with status 1 for one."""
    _, problems = read_settings(data, files=True)
    told = ChannelsCheck(problems=tuple(map(_mistake, problems)))
    if as_json:
        print_json(told)
    else:
        _show_mistakes(told, language)
    finish(Status.REFUSED if problems else Status.DONE)


def _mistake(problem: SettingProblem) -> SettingMistake:
    return SettingMistake(
        file=FILE,
        line=problem.line,
        setting=".".join(problem.place),
        rule=problem.fault.value,
        quoted=problem.quoted,
    )


def _show_mistakes(told: ChannelsCheck, language: Language | None) -> None:
    from rich.text import Text

    from engine.terminal.tables import table_of

    say, out = speaker(language), console()
    if not told.problems:
        out.print(say("The settings have no mistake."))
        return
    table = table_of(
        say("What is wrong with the settings"),
        say("File"),
        say("Line"),
        say("Setting"),
        say("Rule"),
        say("Value"),
    )
    for each in told.problems:
        table.add_row(
            each.file, str(each.line), Text(each.setting), say(each.rule), Text(each.quoted)
        )
    out.print(table)


def list_channels(data: Path, *, as_json: bool, language: Language | None) -> None:
    """Show the channels by name. Raises: `Refused` for settings with a mistake."""
    import typer

    settings = load_settings(data)
    rows = tuple(_row(name, channel) for name, channel in sorted(settings.channels.items()))
    if as_json:
        typer.echo(TypeAdapter(tuple[ChannelRow, ...]).dump_json(rows, indent=2).decode())
    else:
        _show_rows(rows, language)


def _row(name: str, channel: Channel) -> ChannelRow:
    listen, send = channel.listen, channel.send
    tls = {
        "listen": listen is not None and listen.tls is not None,
        "clients": listen is not None and listen.tls is not None and bool(listen.tls.clients),
        "send": send is not None and send.tls is not None,
    }
    return ChannelRow(
        name=name,
        site=channel.site,
        format=channel.format,
        conformance=channel.conformance,
        acknowledgment=channel.acknowledgment,
        promise=listen.promise if listen else None,
        listens=f"{listen.host}:{listen.port}" if listen else None,
        sends=f"{send.host}:{send.port}" if send else None,
        tls=tuple(part for part, stated in tls.items() if stated),
    )


def _show_rows(rows: tuple[ChannelRow, ...], language: Language | None) -> None:
    from rich.text import Text

    from engine.terminal.tables import table_of

    say = speaker(language)
    table = table_of(
        say("Channels"),
        say("Channel"),
        say("Site"),
        say("Format"),
        say("Conformance"),
        say("Acknowledgment"),
        say("Listens at"),
        say("Sends to"),
        "TLS",
    )
    for row in rows:
        promise = f" ({row.promise})" if row.promise else ""
        cells = (
            row.name,
            row.site,
            row.format or say("any"),
            row.conformance,
            row.acknowledgment + promise,
            row.listens or "",
            row.sends or "",
            ", ".join(row.tls),
        )
        table.add_row(*map(Text, cells))
    console().print(table)


def try_channel(data: Path, name: str, *, as_json: bool, language: Language | None) -> None:
    """Show what was tried of a channel and whether it holds.

    Ends with status 1 when something must be changed, 3 when it may be tried again. Raises:
    `Refused` for settings with a mistake and for a channel that there is not.
    """
    import typer

    from engine.pipeline.context import now_utc
    from engine.terminal.channels_trial import trials

    channels = load_settings(data).channels
    if name not in channels:
        raise Refused(f"channel must be one of {', '.join(sorted(channels))}")
    tried = tuple(trials(channels[name], now_utc()))
    if as_json:
        typer.echo(TypeAdapter(tuple[ChannelTrial, ...]).dump_json(tried, indent=2).decode())
    else:
        _show_trials(name, tried, language)
    bad = [each for each in tried if not each.good]
    if bad:
        finish(Status.UNAVAILABLE if all(each.retry for each in bad) else Status.REFUSED)


def _show_trials(name: str, tried: tuple[ChannelTrial, ...], language: Language | None) -> None:
    from rich.text import Text

    from engine.terminal.tables import table_of

    say, out = speaker(language), console()
    if not tried:
        words = say("{channel} has neither a port of its own nor a receiver: nothing to try.")
        out.print(Text(words.format(channel=name)))
        return
    table = table_of(
        say("Trial of {channel}").format(channel=name),
        say("Part"),
        say("Good"),
        say("What was seen"),
        say("Value"),
    )
    for each in tried:
        good = Text(say("yes") if each.good else say("no"), style="" if each.good else "bold red")
        table.add_row(Text(each.part), good, say(each.seen.value), Text(each.quoted))
    out.print(table)
