"""Time to load a product reference of the size of a real one, and CPU time to ask it.

The release is made up: 16,000 products of one tablet, two boxes, three conditions each, in the
encodings of the BDPM. `locked` is how long the rows take to be written, during which SQLite lets
nobody else write. Asked are the codes of a message of four orders; `none` is with no release.
"""

import resource
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from datetime import date
from pathlib import Path

ROOT = Path(__file__).parent.parent
PRODUCTS, CALLS = 16_000, 500


def rows_of(number: int) -> dict[str, str]:
    """The rows of one product, by file."""
    cis, box = 61_000_000 + number, 1_000_000 + 2 * number
    name = f"PRODUIT {number} 5 mg, comprimé pelliculé sécable"
    status = "Autorisation active\tProcédure nationale\tCommercialisée\t01/02/2003\t\t"
    boxes = "".join(
        f"{cis}\t{each}\tplaquette(s) PVC aluminium de 30 comprimé(s)\tPrésentation active\t"
        f"Déclaration de commercialisation\t01/02/2003\t{keyed(f'34009{each}')}\toui\t65%\t24,34"
        f"\t25,36\t1,02\t\n"
        for each in (box, box + 1)
    )
    return {
        "CIS_bdpm.txt": f"{cis}\t{name}\tcomprimé pelliculé sécable\torale\t{status}\tLABO\tNon\n",
        "CIS_CIP_bdpm.txt": boxes,
        "CIS_COMPO_bdpm.txt": f"{cis}\tcomprimé\t{number}\tS{number}\t5 mg\tun comprimé\tSA\t1\n",
        "CIS_CPD_bdpm.txt": f"{cis}\tliste I\n{cis}\tprescription limitée\n{cis}\thôpital\n",
    }


def keyed(twelve: str) -> str:
    """Twelve digits with their EAN-13 key."""
    total = sum(int(digit) * (3 if rank % 2 else 1) for rank, digit in enumerate(twelve))
    return f"{twelve}{-total % 10}"


def write_release(folder: Path) -> int:
    """Write the files; gives their bytes."""
    texts: dict[str, list[str]] = {}
    for number in range(PRODUCTS):
        for file, rows in rows_of(number).items():
            texts.setdefault(file, []).append(rows)
    for file, parts in texts.items():
        encoding = "utf-8" if file == "CIS_CIP_bdpm.txt" else "cp1252"
        (folder / file).write_bytes("".join(parts).encode(encoding))
    return sum(path.stat().st_size for path in folder.iterdir())


def cpu_us(work: Callable[[], object]) -> float:
    """Microseconds of CPU of one call, the least mean of five series."""
    means = []
    for _ in range(5):
        start = time.process_time()
        for _ in range(CALLS // 5):
            work()
        means.append((time.process_time() - start) * 1e6 / (CALLS // 5))
    return min(means)


def figures(url: str, folder: Path) -> Iterator[tuple[str, float, str]]:
    """What was measured with the store at this URL: a name, a figure, its unit."""
    from engine.pipeline.context import Context
    from engine.pipeline.reference import Order, load
    from engine.settings import Settings
    from engine.store import reference
    from engine.store.opening import open_store
    from schemas.codes import ProductCode, ProductCodeSystem

    context = Context(open_store(url), Settings())
    boxes = (keyed(f"34009{1_000_000 + 2 * number}") for number in range(4))
    codes = [ProductCode(system=ProductCodeSystem.CIP13, value=box) for box in boxes]
    with context.store.unit(context.tenant) as unit:
        yield "ask, none", cpu_us(lambda: reference.products(unit, codes)), "us CPU"
    begun: dict[str, float] = {}

    def progress(step: str, _done: int, _total: int) -> None:
        begun.setdefault(step, time.perf_counter())

    start, cpu = time.perf_counter(), time.process_time()
    load(context, Order(folder, date(2026, 3, 2)), "bench", progress)
    yield "load", time.perf_counter() - start, "s"
    yield "load, CPU", time.process_time() - cpu, "s CPU"
    yield "locked", time.perf_counter() - begun["store"], "s"
    with context.store.unit(context.tenant) as unit:
        yield "ask", cpu_us(lambda: reference.products(unit, codes)), "us CPU"
    context.store.close()


def show(database: str, url: str, folder: Path) -> None:
    """Prints what was measured with the store at this URL."""
    for name, figure, unit in figures(url, folder):
        print(f"{database:12}{name:12}{figure:9.2f} {unit}")


def main() -> None:
    """Prints the figures on SQLite, and on PostgreSQL where there is one."""
    from servers import fresh_database, postgres_dsn

    with ExitStack() as until_done:
        made = Path(until_done.enter_context(tempfile.TemporaryDirectory()))
        (made / "files").mkdir()
        size = write_release(made / "files")
        print(f"{'files':12}{PRODUCTS:,} products in {size / 1e6:.1f} MB")
        show("SQLite", f"sqlite:///{made}/bench.db", made / "files")
        most = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
        print(f"{'memory':12}{'most':12}{most:9.0f} MiB")
        dsn = postgres_dsn()
        if dsn is None:
            print("PostgreSQL: none found; SEMAINIER_TEST_POSTGRES names one")
        else:
            show("PostgreSQL", until_done.enter_context(fresh_database(dsn)), made / "files")


if __name__ == "__main__":
    sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "support")]
    main()
