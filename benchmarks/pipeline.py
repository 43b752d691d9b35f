"""CPU time of an RDE^O11 with four orders on the whole road, beside hl7apy in the same run.

The road: the bytes are kept (`receive`), read (`read`), become schedules and doubts (`assess`),
and stand in the queue and the journal (`store`: the rest of a worker's turn, with its claim).
Each message is another patient's, and its orders name no group: four prescriptions a message.
The ratio is what holds from machine to machine; milliseconds are of this one.
"""

import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from pathlib import Path

ROOT = Path(__file__).parent.parent
SERIES, MESSAGES = 6, 50
"""The least mean of so many series of messages is shown: what else runs can only add."""

PRESCRIBER = "10000012343^MEDICI^Anne^^^^^^ASIP-SANTE-PS&1.2.250.1.71.4.2.1&ISO^L^^^RPPS"
ORDERS = (
    ("3400932320189^DOLIPRANE 500 mg, comprimé^CIP13", "CPR^comprimé", "TID|0800~1200~1900"),
    ("3400930117163^AMLODIPINE BIOGARAN 5 mg, gélule^CIP13", "GEL^gélule", "QAM|"),
    ("3400930065785^LEVOTHYROX 75 microgrammes, comprimé^CIP13", "CPR^comprimé", "QD|0700"),
    ("3400930018613^ZOPICLONE BIOGARAN 7,5 mg, comprimé^CIP13", "CPR^comprimé", "QHS|"),
)


def message(number: int) -> bytes:
    """The message of this number: fictitious, UTF-8, four orders for the week of 5 January 2026."""
    segments = [
        f"MSH|^~\\&|DPI|EHPAD LES TILLEULS|SEMAINIER|PHARMACIE DU MAIL|20260105090000+0100||"
        f"RDE^O11^RDE_O11|B{number}|P|2.5.1|||||FRA|UNICODE UTF-8|FR",
        f"PID|1||{number:06}^^^EHPAD-TILLEULS&1.2.250.1.999.1&ISO^PI||EXEMPLE^Odette^^^^^L||"
        "19400512|F",
        f"PV1|1|I|UHR^204^1^TILLEULS||||||||||||||||V{number}^^^EHPAD-TILLEULS^VN",
    ]
    for rank, (product, form, timing) in enumerate(ORDERS, start=1):
        segments += [
            f"ORC|NW|{number}-{rank}^DPI|||||||20260105085500+0100|||{PRESCRIBER}",
            f"RXE||{product}|1||{form}|||||7|{form}",
            f"TQ1|1||{timing}||7^d|20260105",
            "RXR|PO^orale^HL70162",
        ]
    return "\r".join((*segments, "")).encode()


def cpu_ms(work: Callable[[], object]) -> float:
    """Milliseconds of CPU of one call."""
    start = time.process_time()
    work()
    return (time.process_time() - start) * 1000


def figures(url: str, folder: Path) -> dict[str, float]:
    """CPU milliseconds a message of each step, with the store at this URL."""
    from connectors.hl7v2.connector import CONNECTOR
    from engine.pipeline.assess import assess
    from engine.pipeline.context import Context
    from engine.pipeline.receive import receive
    from engine.settings import load_settings
    from engine.store.opening import open_store
    from engine.workers.loop import drain
    from mappings.catalogue import load_site
    from schemas.connector import Reading

    site = load_site("reference")
    context = Context(open_store(url), load_settings(folder))

    def read(messages: Iterable[bytes]) -> list[Reading]:
        return [CONNECTOR.read(data, site) for data in messages if CONNECTOR.read]

    def steps(messages: list[bytes]) -> dict[str, float]:
        readings = read(messages)
        return {
            "receive": cpu_ms(lambda: [receive(context, data, "mllp") for data in messages]),
            "read": cpu_ms(lambda: read(messages)),
            "assess": cpu_ms(lambda: [assess(reading, site) for reading in readings]),
            "turn": cpu_ms(lambda: drain(context)),
        }

    firsts = range(0, MESSAGES * (SERIES + 1), MESSAGES)
    series = [steps([message(first + n) for n in range(MESSAGES)]) for first in firsts]
    context.store.close()
    warm = series[1:]
    best = {step: min(each[step] for each in warm) / MESSAGES for step in warm[0]}
    best["store"] = best.pop("turn") - best["read"] - best["assess"]
    return {**best, "together": sum(best.values())}


def hl7apy_ms(calls: int = 30) -> float:
    """CPU milliseconds of hl7apy to parse such a message, and no more."""
    from hl7apy.parser import parse_message

    text = message(0).decode()
    return min(cpu_ms(lambda: parse_message(text)) for _ in range(calls))


def show(database: str, found: dict[str, float], hl7apy: float) -> None:
    """Prints each step with its ratio to hl7apy."""
    for step, milliseconds in found.items():
        ratio = hl7apy / milliseconds
        print(f"{database:12}{step:10}{milliseconds:8.3f} ms CPU   hl7apy / this = {ratio:6.1f}")


def main() -> None:
    """Prints the figures on SQLite, and on PostgreSQL where there is one."""
    from servers import fresh_database, postgres_dsn

    hl7apy = hl7apy_ms()
    print(f"{'hl7apy':12}{'parse':10}{hl7apy:8.3f} ms CPU")
    with ExitStack() as until_done:
        folder = Path(until_done.enter_context(tempfile.TemporaryDirectory()))
        show("SQLite", figures(f"sqlite:///{folder}/bench.db", folder), hl7apy)
        dsn = postgres_dsn()
        if dsn is None:
            print("PostgreSQL: none found; SEMAINIER_TEST_POSTGRES names one")
        else:
            url = until_done.enter_context(fresh_database(dsn))
            show("PostgreSQL", figures(url, folder), hl7apy)


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]
    main()
