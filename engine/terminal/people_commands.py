"""The commands of `semainier account` and `semainier access`."""

from datetime import datetime
from typing import Annotated, Literal

import typer

from engine.terminal.options import HERE, Data, Json, Lang, User

account = typer.Typer(help="The people who work with this installation.", no_args_is_help=True)
access = typer.Typer(help="Consents of patients and grants to receivers.", no_args_is_help=True)

Patient = Annotated[str, typer.Argument(help="The patient: our id or one of their identifiers.")]
Receiver = Annotated[str, typer.Option("--receiver", help="The third party, by its short name.")]


@account.command("add")
def add_account(
    name: Annotated[str, typer.Argument(help="The short name of the account.")],
    full_name: Annotated[str, typer.Option("--full-name", help="The person.")],
    role: Annotated[
        Literal["owner", "pharmacist", "preparer", "nurse", "integrator", "operator"],
        typer.Option("--role", help="What the person is."),
    ],
    rpps: Annotated[str | None, typer.Option("--rpps", help="Eleven digits.")] = None,
    data: Data = HERE,
) -> None:
    """Make an account for one person; a pharmacist needs an RPPS number."""
    from engine.store.accounts import Account
    from engine.terminal.people import add_account
    from schemas.decision import Role
    from schemas.ids import UserName

    made = Account(name=UserName(name), full_name=full_name, role=Role(role), rpps=rpps)
    add_account(data, made, by="terminal")


@account.command("list")
def list_accounts(data: Data = HERE, as_json: Json = False, lang: Lang = None) -> None:
    """Show every account."""
    from engine.terminal.people import list_accounts

    list_accounts(data, as_json=as_json, language=lang)


@access.command()
def grant(
    patient: Patient,
    user: User,
    receiver: Receiver,
    signed_on: Annotated[
        datetime,
        typer.Option("--signed-on", formats=["%Y-%m-%d"], help="Day of the patient's signature."),
    ],
    document: Annotated[str, typer.Option("--document", help="Where the signed paper is kept.")],
    data: Data = HERE,
) -> None:
    """Record the patient's written consent for a receiver, and grant it access."""
    from engine.terminal.people import grant_access
    from engine.terminal.queue import Desk

    desk = Desk(data, user, as_json=False, language=None)
    grant_access(desk, patient, receiver, signed_on=signed_on.date(), document=document)


@access.command()
def withdraw(
    patient: Patient, user: User, receiver: Receiver, data: Data = HERE, lang: Lang = None
) -> None:
    """The patient withdraws the consent: nothing more leaves for this receiver."""
    from engine.terminal.people import end_access
    from engine.terminal.queue import Desk

    end_access(Desk(data, user, as_json=False, language=lang), patient, receiver, withdrawn=True)


@access.command()
def revoke(
    patient: Patient, user: User, receiver: Receiver, data: Data = HERE, lang: Lang = None
) -> None:
    """The pharmacist ends the access of a receiver."""
    from engine.terminal.people import end_access
    from engine.terminal.queue import Desk

    end_access(Desk(data, user, as_json=False, language=lang), patient, receiver, withdrawn=False)
