"""`semainier account` and `semainier access`: who works here, and who may be given what."""

import json
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import typer

from engine.language import Language, speaker
from engine.terminal.queue import Desk
from engine.terminal.shell import console

if TYPE_CHECKING:
    from engine.store.accounts import Account


def add_account(data: Path, account: "Account", by: str) -> None:
    """Store a new account."""
    from engine.pipeline.accounts import add_account as add
    from engine.pipeline.context import open_context

    add(open_context(data), account, by)
    typer.echo(f"{account.name}: {account.role.value}")


def list_accounts(data: Path, *, as_json: bool, language: Language | None) -> None:
    """Every account of the pharmacy."""
    from rich.text import Text

    from engine.pipeline.context import open_context
    from engine.store import accounts
    from engine.terminal.tables import table_of

    context = open_context(data)
    with context.store.unit(context.tenant) as unit:
        known = accounts.every(unit)
    if as_json:
        typer.echo(json.dumps([account.model_dump(mode="json") for account in known], indent=2))
        return
    say = speaker(language)
    table = table_of(say("Accounts"), say("Name"), say("Person"), say("Role"), "RPPS")
    for account in known:
        table.add_row(
            account.name, Text(account.full_name), say(account.role.value), account.rpps or ""
        )
    console().print(table)


def grant_access(
    desk: Desk, patient: str, receiver: str, *, signed_on: date, document: str
) -> None:
    """Record a written consent and grant the access."""
    from engine.pipeline.access import grant
    from engine.pipeline.context import open_context

    context = open_context(desk.data)
    typer.echo(grant(context, desk.user, patient, receiver, signed_on=signed_on, document=document))


def end_access(desk: Desk, patient: str, receiver: str, *, withdrawn: bool) -> None:
    """End an access: the patient withdrew the consent, or the pharmacist revoked the grant."""
    from engine.pipeline.access import revoke, withdraw
    from engine.pipeline.context import open_context

    end = withdraw if withdrawn else revoke
    end(open_context(desk.data), desk.user, patient, receiver)
    typer.echo(desk.say("Nothing more leaves for this receiver."))
