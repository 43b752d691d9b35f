"""A FHIR message over HTTP: kept, then answered with an OperationOutcome."""

import asyncio
import logging
from typing import TYPE_CHECKING

from engine.outcomes import FIRST_DELAY, OUTCOMES
from engine.pipeline.answer import Promise, answer, settled
from engine.pipeline.context import Context
from engine.pipeline.receive import Receipt, receive
from engine.pipeline.trouble import as_trouble, rejection
from engine.workers.bell import Bell
from schemas.errors import EngineError, Kind
from schemas.message import MessageState

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

CHANNEL = "http"
LARGEST = 16 * 1024 * 1024
MEDIA_TYPES = ("application/fhir+json", "application/json", "application/fhir+xml")

log = logging.getLogger(__name__)


async def post_message(context: Context, bell: Bell, request: "Request") -> "Response":
    """202 with the message's own address when it is kept; 200 for a repetition.

    With `Prefer: return=OperationOutcome` (FHIR R4 §3.1.0.5.1) the answer waits until the message
    was read, 200, and tells every doubt about its lines at their FHIRPath.

    415 for another media type, 413 above the limit, 422 for a message that is refused at the
    door. 503 with `Retry-After` when it cannot be kept now; then nothing of it is kept. Nothing is
    planned from it before a pharmacist validated it, and the answer says no more.
    """
    from starlette.concurrency import run_in_threadpool
    from starlette.requests import ClientDisconnect
    from starlette.responses import Response

    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in MEDIA_TYPES:
        return Response(status_code=415, headers={"Accept-Post": ", ".join(MEDIA_TYPES)})
    try:
        data = await _body(request)
    except ClientDisconnect:
        return Response(status_code=400)  # nobody listens any more; half a message is not kept
    if data is None:
        return Response(status_code=413)
    [taken] = await asyncio.gather(
        run_in_threadpool(_take, context, bell, data, in_full=_asks_in_full(request)),
        return_exceptions=True,
    )
    if isinstance(taken, BaseException):
        return await _rejected(context, data, as_trouble(taken))
    receipt, state, reply = taken
    return Response(
        reply,
        status_code=_status(receipt, state),
        media_type=_media_type(reply),
        headers={"X-Message-Id": receipt.message.id},
    )


async def _rejected(context: Context, data: bytes, trouble: EngineError) -> "Response":
    """The status of its kind, and an OperationOutcome where one can be written."""
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response

    log.warning("http.trouble", extra={"kind": trouble.kind.value, "rule": str(trouble)})
    [told] = await asyncio.gather(
        run_in_threadpool(rejection, context, data, CHANNEL, trouble), return_exceptions=True
    )
    said = told if isinstance(told, bytes) else None
    return Response(
        said,
        status_code=OUTCOMES[trouble.kind].http_status,
        media_type=_media_type(said or b""),
        headers=again_after(trouble),
    )


def _media_type(reply: bytes) -> str:
    """An answer is in the form of its message: XML to XML."""
    return MEDIA_TYPES[-1] if reply.startswith(b"<") else MEDIA_TYPES[0]


def again_after(trouble: EngineError) -> dict[str, str]:
    """When to come again, for trouble that passes (RFC 9110 §10.2.3)."""
    return {"Retry-After": f"{FIRST_DELAY:.0f}"} if OUTCOMES[trouble.kind].retried else {}


async def _body(request: "Request") -> bytes | None:
    """The body; `None` as soon as it is longer than the limit."""
    parts: list[bytes] = []
    size = 0
    async for part in request.stream():
        size += len(part)
        if size > LARGEST:
            return None
        parts.append(part)
    return b"".join(parts)


def _asks_in_full(request: "Request") -> bool:
    asked = (part.strip() for part in request.headers.get("prefer", "").split(","))
    return "return=OperationOutcome" in asked


def _take(
    context: Context, bell: Bell, data: bytes, *, in_full: bool
) -> tuple[Receipt, MessageState, bytes]:
    """The receipt, what has become of the message by the time of the answer, and the answer."""
    receipt = receive(context, data, CHANNEL)
    bell.ring(receipt.message.id)
    if not in_full:
        return receipt, receipt.message.state, answer(context, receipt, data, Promise.ACCEPT)
    state = settled(context, receipt.message).state
    return receipt, state, answer(context, receipt, data, Promise.PROCESSED, in_full=True)


def _status(receipt: Receipt, state: MessageState) -> int:
    match state:
        case MessageState.REFUSED:
            return 422
        case MessageState.PARKED:
            return OUTCOMES[Kind.TRANSIENT].http_status
        case MessageState.READ:
            return 200
        case MessageState.RECEIVED:
            return 200 if receipt.repeated else 202
