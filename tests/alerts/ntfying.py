"""A stand-in for ntfy on loopback."""

from __future__ import annotations

import json

from providing import Provider
from werkzeug import Request, Response


class Ntfy(Provider):
    """A stand-in that speaks ntfy's call to publish as JSON.

    https://docs.ntfy.sh/publish/#publish-as-json, read 2026-11-22: POST to the root of
    the server, with `topic`, and `priority` from 1 to 5; 400 for what is not so.
    """

    def __init__(self) -> None:
        super().__init__()
        self.published: list[dict[str, object]] = []
        self.expect_request("/", method="POST").respond_with_handler(self.publish)

    def publish(self, request: Request) -> Response:
        """Take a message as ntfy does."""
        body = json.loads(request.data)
        if not body.get("topic") or body.get("priority", 3) not in range(1, 6):
            return Response('{"code":40009,"http":400,"error":"invalid request"}', 400)
        if not isinstance(body.get("tags", []), list):
            return Response('{"code":40024,"http":400,"error":"invalid JSON"}', 400)
        self.published.append(body)
        answer = {"id": "xE73Iyuabi", "event": "message", "topic": body["topic"]}
        return Response(json.dumps(answer), content_type="application/json")
