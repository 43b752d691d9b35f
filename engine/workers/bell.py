"""The bell: dramatiq tells workers that there is something to do, and carries only an id.

A bell that is lost is rung again by the sweep, so no broker is trusted with anything. The
tables decide attempts and order; dramatiq retries nothing.
"""

import logging
from typing import TYPE_CHECKING

from engine.pipeline.context import Context
from engine.workers.loop import drain

if TYPE_CHECKING:
    from dramatiq import Actor, Broker, Worker

THREADS = 2

log = logging.getLogger(__name__)


def make_broker(url: str | None) -> "Broker":
    """The broker at this URL: `amqp://`, `redis://`, or none for the one in memory."""
    from dramatiq.middleware import Callbacks, ShutdownNotifications, TimeLimit

    middleware = [TimeLimit(), ShutdownNotifications(), Callbacks()]
    if url is None:
        from dramatiq.brokers.stub import StubBroker

        return StubBroker(middleware=middleware)
    if url.startswith("redis"):
        from dramatiq.brokers.redis import RedisBroker

        return RedisBroker(url=url, middleware=middleware)
    from dramatiq.brokers.rabbitmq import RabbitmqBroker

    return RabbitmqBroker(url=url, confirm_delivery=True, middleware=middleware)


class Bell:
    """Rings for one installation, and answers with worker threads once `start` was called."""

    def __init__(self, context: Context, url: str | None = None, queue: str = "semainier") -> None:
        import dramatiq

        self._broker = make_broker(url)
        self._worker: Worker | None = None
        self._queue = queue

        @dramatiq.actor(actor_name="work_inbox", queue_name=queue, broker=self._broker)
        def work_inbox(_rung_for: str) -> None:
            drain(context)

        self._actor: Actor[[str], None] = work_inbox

    def ring(self, rung_for: str) -> None:
        """Tell a worker that the row of this id (or a channel, or the sweep) waits for it.

        A broker that is away loses nothing: the row is stored, and the sweep rings again.
        """
        try:
            self._actor.send(rung_for)
        except _broker_is_away() as error:
            log.warning("bell.lost", extra={"reason": type(error).__name__})

    def start(self) -> None:
        """Answer the bell in this process from now on."""
        import dramatiq

        self._worker = dramatiq.Worker(self._broker, worker_threads=THREADS, worker_timeout=100)
        self._worker.start()

    def wait(self) -> None:
        """Return when everything rung for so far was answered (embedded broker)."""
        self._broker.join(self._queue)
        if self._worker is not None:
            self._worker.join()

    def stop(self) -> None:
        """Finish the work in hand, answer nothing more."""
        if self._worker is not None:
            self._worker.stop()
            self._worker = None
        self._broker.close()


def _broker_is_away() -> tuple[type[Exception], ...]:
    """What the brokers raise when they cannot be reached; Redis raises errors of its own."""
    from dramatiq.errors import BrokerError
    from redis.exceptions import RedisError

    return BrokerError, RedisError
