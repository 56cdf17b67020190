"""What Codex's calls of tools tell: the files that a patch names, and a mark.

A patch is given to `apply_patch`, or inside a command, or inside a script.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import msgspec

from tokentui.sources.codex_shapes import CallLine
from tokentui.sources.deeds import edit_of, mark_of

PATCHES, PATCH = "apply_patch", b"*** Begin Patch"
FILE = re.compile(r"(?:Add|Update|Delete) File: ([^\n]+)")

decode_call = msgspec.json.Decoder(CallLine).decode


def told_by(line: bytes, session: str) -> tuple[int, int | None] | None:
    """Give deeds and mark of the call in a line; `None` if it only quotes calls."""
    try:
        record = decode_call(line)
    except (msgspec.DecodeError, ValueError, RecursionError):
        return None
    call = record.payload
    if call is None or record.type != "response_item":
        return None
    given = call.arguments or call.input or call.action
    tool = call.name if call.name.__class__ is str else ""
    deeds = patched(tool, given) if PATCH in line or tool == PATCHES else 0
    return deeds, mark_of(session, tool, given)


def patched(tool: str, given: msgspec.Raw) -> int:
    """Say what kinds of files a call patches, as bits of an event's deeds."""
    try:
        text = "\n".join(texts(msgspec.json.decode(given)))
    except (msgspec.DecodeError, ValueError, RecursionError):
        return edit_of(None)
    if "\n*** " not in text:
        text = text.replace("\\n", "\n")  # a script's string
    deeds = 0
    for part in text.split("\n*** ")[1:]:
        file = FILE.match(part)
        deeds |= edit_of(file[1].strip()) if file else 0
    return edit_of(None) if not deeds and tool == PATCHES else deeds


def texts(value: Any) -> Iterator[str]:
    """List the texts in what a tool was given; text that is JSON is looked into."""
    if isinstance(value, str):
        if value.startswith("{"):
            try:
                yield from texts(msgspec.json.decode(value))
            except (msgspec.DecodeError, ValueError):
                yield value
        else:
            yield value
    elif isinstance(value, (list, dict)):
        for each in value.values() if isinstance(value, dict) else value:
            yield from texts(each)
