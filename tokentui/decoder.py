"""Import msgspec, which decodes logs, without what it can do without.

It asks `typing_extensions` for what Python has had in `typing` since 3.11; importing
that takes 6 ms, as long as all the rest of it.
"""

from __future__ import annotations

import sys

UNNEEDED = "typing_extensions"


def load() -> None:
    """Import the decoder; among threads as usual, since others may need the rest."""
    threading = sys.modules.get("threading")
    is_alone = threading is None or threading.active_count() == 1
    if UNNEEDED in sys.modules or not is_alone:
        return
    sys.modules[UNNEEDED] = None  # type: ignore[assignment]  # says that it is missing
    try:
        import msgspec  # noqa: F401
    except ImportError:
        pass  # it needs the rest after all, and is imported as usual
    finally:
        del sys.modules[UNNEEDED]
