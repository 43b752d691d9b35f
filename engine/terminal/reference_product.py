"""One product of the reference, as people read it."""

from collections.abc import Iterator

from rich.console import Console
from rich.table import Table
from rich.text import Text

from engine.language import Say
from engine.terminal.tables import table_of
from schemas.base import plain_decimal
from schemas.codes import ProductCodeSystem
from schemas.quantity import Strength
from schemas.reference import PublishedProduct

_BOXES = {ProductCodeSystem.CIP13, ProductCodeSystem.CIP7}


def show(product: PublishedProduct, out: Console, say: Say) -> None:
    """The product, its composition, its boxes and where all this comes from."""
    facts = table_of(product.record.name, say("What"), say("Which"))
    for name, value in _facts(product, say):
        facts.add_row(name, Text(value or say("not stated")))
    out.print(facts)
    out.print(_composition(product, say))
    out.print(_boxes(product, say))
    source = say("Source: base de données publique des médicaments, release of {day}.")
    out.print(Text(source.format(day=product.record.release)))


def _facts(product: PublishedProduct, say: Say) -> Iterator[tuple[str, str]]:
    record = product.record
    divisible = record.divisibility
    yield (
        say("Codes"),
        "\n".join(
            f"{code.system.value.upper()} {code.value}"
            for code in record.codes
            if code.system not in _BOXES
        ),
    )
    yield say("Form"), record.form
    yield say("Routes"), ", ".join(record.routes)
    yield say("Strengths"), "\n".join(_strength_words(each) for each in record.strengths)
    yield say("Divisibility"), say(divisible.value) if divisible else ""
    yield say("Conditions"), "\n".join(record.conditions)
    yield say("Marketing"), product.marketing
    yield say("Authorisation"), _authorisation(product)
    yield say("Availability"), product.availability or ""
    yield say("Holders"), ", ".join(product.holders)
    yield say("Watched more closely"), _yes_or_no(product.watched, say)
    yield (
        say("Groups of generics"),
        "\n".join(f"{group.number} ({group.role}) {group.label}" for group in product.groups),
    )


def _authorisation(product: PublishedProduct) -> str:
    day = product.authorised_on.isoformat() if product.authorised_on else None
    stated = (product.authorisation, product.procedure, day, product.european_number)
    return ", ".join(word for word in stated if word)


def _yes_or_no(stated: bool | None, say: Say) -> str:
    if stated is None:
        return ""
    return say("yes") if stated else say("no")


def _strength_words(strength: Strength) -> str:
    """`AMLODIPINE 5 mg / comprimé`."""
    amount = f"{plain_decimal(strength.numerator.value)} {strength.numerator.unit_label}"
    per = strength.denominator.unit_label if strength.denominator else None
    return " ".join(filter(None, (strength.substance, amount, f"/ {per}" if per else None)))


def _composition(product: PublishedProduct, say: Say) -> Table:
    table = table_of(
        say("Composition"),
        say("Element"),
        say("Substance"),
        say("Dosage"),
        say("For"),
        say("Active part"),
        say("Link"),
    )
    for each in product.components:
        words = (each.element, each.substance, each.dosage, each.per)
        part = say("yes") if each.is_active_part else ""
        table.add_row(*(Text(word) for word in words), part, each.link)
    return table


def _boxes(product: PublishedProduct, say: Say) -> Table:
    table = table_of(
        say("Boxes"),
        "CIP13",
        "CIP7",
        say("Label"),
        say("Status"),
        say("Marketing"),
        say("Price"),
        say("Reimbursed"),
    )
    for each in product.presentations:
        price = f"{each.price:,.2f} €".replace(",", " ") if each.price is not None else ""
        table.add_row(
            each.cip13,
            each.cip7,
            *(Text(word) for word in (each.label, each.status, each.marketing)),
            price,
            each.reimbursement or "",
        )
    return table
