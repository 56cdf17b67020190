"""Read what is new in the log of one session, by the same path as a whole refresh."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

from tokentui.ingest import (
    SourceReport,
    enabled,
    keep,
    pending_file,
    read_marks,
    reading,
)
from tokentui.ledger.connection import (
    explaining,
    open_for_reading,
    open_for_writing,
)
from tokentui.settings import Config
from tokentui.sources import SOURCES
from tokentui.sources.cursors import stored
from tokentui.sources.folders import FoundFile, walk


def refresh_log(
    ledger: Path, config: Config, source: str, path: str, patience_ms: int
) -> SourceReport:
    """Read what is new in a session's log and in those of its sub-agents.

    A path that the source would not read by itself is left alone. There must be a
    ledger; other writers are waited for as long as `patience_ms`.

    Raises:
        NoLedgerError: There is none.
        LedgerError: It cannot be read or written.
    """
    report = SourceReport(source)
    logs = list(logs_of(config, source, path))
    with explaining(ledger), closing(open_for_reading(ledger)) as connection:
        pending = []
        for found in logs:
            name = stored(found.path)
            last = read_marks(connection, name).get(name)
            if last != found.mark:
                pending.append(pending_file(connection, source, found, last))
    if pending:
        with (
            reading(pending) as parcels,
            explaining(ledger),
            closing(open_for_writing(ledger, patience_ms)) as connection,
        ):
            keep(connection, config, parcels, {source: report}, None)
    return report


def logs_of(config: Config, source: str, path: str) -> Iterator[FoundFile]:
    """List a session's log and those of its sub-agents, if the source reads such."""
    found = log_at(config, source, path)
    if found is None:
        return
    yield found
    origin = SOURCES[source]
    for other in walk(os.path.splitext(path)[0], origin.endings):  # noqa: PTH122 (light)
        if os.path.basename(other.path) not in origin.without:  # noqa: PTH119 (light)
            yield other._replace(place=found.place)


def log_at(config: Config, source: str, path: str) -> FoundFile | None:
    """Find a log that an agent names, if it lies where the source's logs are."""
    paths = enabled(config).get(source)
    origin = SOURCES.get(source)
    if paths is None or origin is None or not path.endswith(origin.endings):
        return None
    if ".." in Path(path).parts or os.path.basename(path) in origin.without:  # noqa: PTH119 (light)
        return None
    place = next(
        (p for p in origin.places(paths) if Path(path).is_relative_to(p)), None
    )
    try:
        status = os.stat(path)  # noqa: PTH116 (light)
    except (OSError, ValueError):
        return None
    if place is None or not stat.S_ISREG(status.st_mode):
        return None
    return FoundFile(
        path,
        str(place),
        status.st_dev,
        status.st_ino,
        status.st_size,
        status.st_mtime_ns,
    )
