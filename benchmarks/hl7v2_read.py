"""CPU time to tokenise and to read an RDE^O11 with four orders, beside hl7apy in the same run.

The ratio is what holds from machine to machine; milliseconds are of this one.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parent.parent
SAMPLE = ROOT / "samples" / "hl7v2" / "nominal_four_orders.hl7"
ROUNDS, BEST_OF = 50, 5


def cpu_ms(work: Callable[[], object], rounds: int = ROUNDS) -> float:
    """Milliseconds of CPU of one call: the best mean of several series."""
    work()
    means = []
    for _ in range(BEST_OF):
        start = time.process_time()
        for _ in range(rounds):
            work()
        means.append((time.process_time() - start) / rounds)
    return min(means) * 1000


def figures() -> dict[str, float]:
    """CPU milliseconds: `tokenise`, `read` (bytes to prescriptions), `hl7apy` (parse alone)."""
    from hl7apy.parser import parse_message

    from connectors.hl7v2.er7.charset import decode
    from connectors.hl7v2.er7.tokeniser import tokenise
    from connectors.hl7v2.read import read
    from mappings.catalogue import load_site

    data = SAMPLE.read_bytes()
    text = data.decode("utf-8")
    site = load_site("reference")
    return {
        "tokenise": cpu_ms(lambda: tokenise(decode(data).text or "")),
        "read": cpu_ms(lambda: read(data, site)),
        "hl7apy": cpu_ms(lambda: parse_message(text), rounds=ROUNDS // 5),
    }


def main() -> None:
    """Prints the figures and the ratios to hl7apy."""
    found = figures()
    for name, milliseconds in found.items():
        ratio = found["hl7apy"] / milliseconds
        print(f"{name:10} {milliseconds:8.3f} ms CPU   hl7apy / this = {ratio:6.1f}")


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    main()
