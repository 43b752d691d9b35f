"""Cold start: how long a person waits for `semainier`, in a new process each time."""

import subprocess
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
RUNS = 7
LIMIT = 0.5
"""Seconds: any command starts within them."""


def seconds(arguments: list[str]) -> list[float]:
    """The wall time of each run, in order of time taken. Raises: `RuntimeError` when one fails."""
    taken = []
    for _ in range(RUNS):
        start = time.perf_counter()
        run = subprocess.run(
            [sys.executable, "-m", "cli", *arguments], cwd=ROOT, capture_output=True, check=False
        )
        taken.append(time.perf_counter() - start)
        if run.stderr:
            raise RuntimeError(run.stderr.decode(errors="replace"))
    return sorted(taken)


def one_sample_of_each_format() -> list[Path]:
    """The first nominal sample of each folder."""
    found = {}
    for path in sorted((ROOT / "samples").glob("*/nominal*")):
        if not path.name.endswith(".expected.json"):
            found.setdefault(path.parent.name, path)
    return list(found.values())


def main() -> None:
    """Prints one line for each command measured."""
    commands = [["--help"]]
    commands += [["explain", str(path.relative_to(ROOT))] for path in one_sample_of_each_format()]
    for arguments in commands:
        taken = seconds(arguments)
        mark = "" if median(taken) < LIMIT else f"  (over {LIMIT} s)"
        name = f"semainier {' '.join(arguments)}"
        print(f"{name:60} best {taken[0]:.3f} s  median {median(taken):.3f} s{mark}")


if __name__ == "__main__":
    main()
