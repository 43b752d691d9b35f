"""Our ER7 tokeniser beside hl7apy and the `hl7` package, on the same messages in one run.

First what they find: hl7apy is asked about every leaf. Then CPU time of one message: the text
tokenised (a field is split when it is asked for), the text split whole, every leaf unescaped with
its place, and what the others do to parse it, on the messages that all of them parse; `split` is
a plain split by all separators, which understands nothing. Then the memory that one parsed
message keeps. Messages are our own samples, and those of `SEMAINIER_EXTERNAL_SAMPLES` where it is
set. Ratios hold from machine to machine; milliseconds are of this one.
"""

import os
import statistics
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

ROOT = Path(__file__).parent.parent
OWN = ROOT / "samples" / "hl7v2"
SAMPLE = OWN / "nominal_four_orders.hl7"
BEST_OF = 3

if TYPE_CHECKING:
    from connectors.hl7v2.er7.tokeniser import File

Work = Callable[[str], object]


def paths() -> list[Path]:
    """The files to read: our own, and those of others where there are some."""
    found = sorted(OWN.glob("*.hl7"))
    root = os.environ.get("SEMAINIER_EXTERNAL_SAMPLES")
    for folder in ("hl7v2", "french/hl7v2") if root else ():
        found += sorted(path for path in Path(root or "", folder).rglob("*") if path.is_file())
    return [path for path in found if path.suffix != ".json"]


def texts(files: Iterable[Path]) -> list[str]:
    """Every message as text with carriage returns, whatever its file has."""
    from connectors.hl7v2.er7.charset import decode
    from connectors.hl7v2.er7.tokeniser import tokenise

    decoded = (decode(path.read_bytes()).text for path in files)
    return [message.text for text in decoded if text for message in tokenise(text).messages]


def cells(file: "File") -> int:
    """Every field, repetition, component and subcomponent of a file, as hl7 splits them."""
    return sum(
        len(segment.cells(field))
        for message in file.messages
        for segment in message.segments
        for field in range(1, len(segment.fields))
    )


def leaves(file: "File") -> int:
    """Every leaf of a file, unescaped and with its place."""
    return sum(
        len(list(segment.leaves())) for message in file.messages for segment in message.segments
    )


def split(text: str) -> object:
    """By every separator, and nothing else."""
    return [
        [
            [[part.split("&") for part in one.split("^")] for one in field.split("~")]
            for field in line.split("|")
        ]
        for line in text.split("\r")
    ]


def contestants() -> dict[str, Work]:
    """What each does to one text."""
    import hl7
    from hl7apy.parser import parse_message

    from connectors.hl7v2.er7.tokeniser import tokenise

    return {
        "tokenise": tokenise,
        "tokenise, split": lambda text: cells(tokenise(text)),
        "tokenise, leaves": lambda text: leaves(tokenise(text)),
        "split": split,
        "hl7": hl7.parse,
        "hl7apy": parse_message,
    }


def cpu_ms(work: Work, text: str, rounds: int) -> float:
    """Milliseconds of CPU of one call: the best mean of a few series."""
    means = []
    for _ in range(BEST_OF):
        start = time.process_time()
        for _ in range(rounds):
            work(text)
        means.append((time.process_time() - start) * 1000 / rounds)
    return min(means)


def timed(messages: Iterable[str]) -> dict[str, list[float]]:
    """Milliseconds by contestant, one for each message that all of them parse."""
    works = contestants()
    found: dict[str, list[float]] = {name: [] for name in works}
    for text in messages:
        try:
            for work in works.values():
                work(text)
        except Exception:  # noqa: BLE001 - whatever a contestant raises, it did not parse
            continue
        for name, work in works.items():
            found[name].append(cpu_ms(work, text, 1 if name == "hl7apy" else 10))
    return found


def kept(work: Work, text: str) -> float:
    """Kilobytes that the result of one call keeps."""
    work(text)
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    result = work(text)
    size = tracemalloc.get_traced_memory()[0] - before
    tracemalloc.stop()
    del result
    return size / 1024


def show_agreement(files: Iterable[Path]) -> None:
    """Prints what the referee says."""
    from hl7v2_referee import compared

    found = compared(files)
    print(
        f"{found.messages} messages beside hl7apy: {found.agreed} agree in {found.leaves} leaves,"
        f" {len(found.differing)} differ, {found.unreferred.total()} without a verdict"
    )
    for cause, count in found.unreferred.items():
        print(f"  {count:4}  no verdict: {cause}")
    for help_, count in found.helped.items():
        print(f"  {count:4}  agree when hl7apy is helped: {help_.value}")


def show_times(messages: list[str]) -> None:
    """Prints milliseconds and ratios."""
    found = timed(messages)
    count = len(found["hl7"])
    print(f"CPU of one message, over {count} that all parse")
    total = {name: sum(times) for name, times in found.items()}
    for name, times in found.items():
        ratios = "".join(
            f"   {other} / this ={total[other] / total[name]:8.1f}" for other in ("hl7", "hl7apy")
        )
        middle, mean = statistics.median(times), total[name] / count
        print(f"  {name:18}{middle:9.4f} ms median{mean:9.4f} ms mean{ratios}")


def main() -> None:
    """Prints agreement, times, memory, and the time of the whole reader on one message."""
    from connectors.hl7v2.read import read
    from mappings.catalogue import load_site

    files = paths()
    show_agreement(files)
    show_times(texts(files))
    (text,) = texts([SAMPLE])
    print(f"Kept of an RDE^O11 of four orders, {len(text)} characters")
    for name, work in contestants().items():
        if not name.startswith("tokenise,"):
            print(f"  {name:18}{kept(work, text):9.1f} KiB")
    site = load_site("reference")
    whole = cpu_ms(lambda each: read(each.encode(), site), text, 50)
    print(f"  {'read':18}{whole:9.4f} ms, bytes to prescriptions")


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]
    main()
