"""A program: show the alert that stands on stdin as JSON on the desktop, and end."""

from __future__ import annotations

import asyncio
import json
import logging
import sys

NO_PLACE = (
    "nothing here shows notices; on macOS only bundled programs may:"
    ' use via = "command" with a program that shows them'
)


class Failures(logging.Handler):
    """Keeps what the library logs of failures, which it does not raise."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.reasons: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the reason of one failure."""
        fault = record.exc_info[1] if record.exc_info else None
        reason = f"{type(fault).__name__}: {fault}" if fault else record.getMessage()
        self.reasons.append(reason)


async def show(text: str, *, is_urgent: bool) -> str | None:
    """Show a notice; give the reason if it was not taken."""
    from desktop_notifier import DesktopNotifier, Urgency

    failures = Failures()
    logger = logging.getLogger("desktop_notifier")
    logger.addHandler(failures)
    logger.propagate = False
    notifier = DesktopNotifier("tokentui", app_icon=None)
    if not await notifier.get_capabilities():
        return NO_PLACE
    taken: list[bool] = []
    await notifier.send(
        "tokentui",
        text,
        urgency=Urgency.Critical if is_urgent else Urgency.Normal,
        on_dispatched=lambda: taken.append(True),
    )
    return None if taken else "; ".join(failures.reasons) or "it was not taken"


def main() -> int:
    """Show it; exit 1 and say why if it was not taken."""
    given = json.load(sys.stdin)
    try:
        reason = asyncio.run(show(given["text"], is_urgent=given["is_urgent"]))
    except Exception as fault:  # noqa: BLE001 (the edge of a process)
        reason = f"{type(fault).__name__}: {fault}"
    if reason:
        sys.stderr.write(f"{reason}\n")
    return 1 if reason else 0


if __name__ == "__main__":
    sys.exit(main())
