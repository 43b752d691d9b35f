"""The web application of one installation."""

import asyncio
from typing import TYPE_CHECKING

from engine.http.messages import again_after, post_message
from engine.outcomes import OUTCOMES
from engine.pipeline.context import Context
from engine.pipeline.sweep import sweep
from engine.pipeline.trouble import as_trouble
from engine.workers.bell import Bell

if TYPE_CHECKING:
    from starlette.applications import Starlette
    from starlette.requests import Request
    from starlette.responses import Response


def make_app(context: Context, bell: Bell) -> "Starlette":
    """The application: `/health/live`, `/health/ready`, and `POST /fhir` for FHIR messages."""
    from starlette.applications import Starlette
    from starlette.concurrency import run_in_threadpool
    from starlette.responses import JSONResponse
    from starlette.routing import Route

    async def live(_request: "Request") -> "Response":
        return JSONResponse({"status": "live"})

    async def ready(_request: "Request") -> "Response":
        """Ready when the database answers; how many messages wait is told beside."""
        [waiting] = await asyncio.gather(run_in_threadpool(sweep, context), return_exceptions=True)
        if isinstance(waiting, BaseException):
            trouble = as_trouble(waiting)
            return JSONResponse(
                {"status": trouble.kind.value},
                status_code=OUTCOMES[trouble.kind].http_status,
                headers=again_after(trouble),
            )
        return JSONResponse({"status": "ready", "waiting": waiting})

    async def fhir(request: "Request") -> "Response":
        return await post_message(context, bell, request)

    return Starlette(
        routes=[
            Route("/health/live", live),
            Route("/health/ready", ready),
            Route("/fhir", fhir, methods=["POST"]),
        ]
    )
