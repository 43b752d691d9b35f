"""Bounds on work: in CPU time, because a busy machine makes wall time long and no program wrong."""

import gc
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

ROUNDS = 10


@contextmanager
def within(seconds: float) -> Iterator[None]:
    """What runs inside needs no more CPU than this: a bound against what never ends, no figure."""
    began = time.process_time()
    yield
    took = time.process_time() - began
    assert took < seconds, f"{took:.1f} s of CPU"


def assert_linear(work: Callable[[int], object], few: int, many: int) -> None:
    """Work on so many things costs about so many times what it costs on few.

    What grows with the square would cost `many / few` times more still, so a factor of five in
    between tells the two apart; the best of several rounds counts.
    """
    times = many / few
    small = large = math.inf
    for _ in range(ROUNDS):
        small, large = min(small, _cpu(work, few)), min(large, _cpu(work, many))
        if large < 3 * times * small:
            return
    assert large < 5 * times * small + 0.05, f"{times:.0f} times as much: {large / small:.0f} times"


def _cpu(work: Callable[[int], object], count: int) -> float:
    gc.disable()  # a collection walks over all that the other tests left
    began = time.process_time()
    work(count)
    took = time.process_time() - began
    gc.enable()
    return took
