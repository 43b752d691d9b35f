"""A FHIR message over HTTP: kept, then answered with an OperationOutcome."""

from typing import TYPE_CHECKING

from engine.pipeline.answer import Promise, answer
from engine.pipeline.context import Context
from engine.pipeline.receive import Receipt, receive
from engine.workers.bell import Bell
from schemas.message import MessageState

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

CHANNEL = "http"
LARGEST = 16 * 1024 * 1024
MEDIA_TYPES = ("application/fhir+json", "application/json", "application/fhir+xml")


async def post_message(context: Context, bell: Bell, request: "Request") -> "Response":
    """202 with the message's own address when it is kept; 200 for a repetition.

    415 for another media type, 413 above the limit, 422 for a message that is refused at the
    door. Nothing is planned from it before a pharmacist validated it, and the answer says no more.
    """
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import Response

    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind not in MEDIA_TYPES:
        return Response(status_code=415, headers={"Accept-Post": ", ".join(MEDIA_TYPES)})
    data = await _body(request)
    if data is None:
        return Response(status_code=413)
    receipt, reply = await run_in_threadpool(_take, context, bell, data)
    return Response(
        reply,
        status_code=_status(receipt),
        media_type="application/fhir+json",
        headers={"X-Message-Id": receipt.message.id},
    )


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


def _take(context: Context, bell: Bell, data: bytes) -> tuple[Receipt, bytes]:
    receipt = receive(context, data, CHANNEL)
    bell.ring(receipt.message.id)
    return receipt, answer(context, receipt, data, Promise.ACCEPT)


def _status(receipt: Receipt) -> int:
    if receipt.message.state is MessageState.REFUSED:
        return 422
    return 200 if receipt.repeated else 202
