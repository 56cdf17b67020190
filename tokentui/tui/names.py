"""What the keys of groups are called on the screen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from hashlib import blake2s
from pathlib import PurePosixPath

from tokentui.queries.usage import Key
from tokentui.tui.text import clean
from tokentui.tui.times import local
from tokentui.tui.view import View
from tokentui.vendors import METERED, PLANS

UNKNOWN = "unknown"
ORIGIN_WORDS = {"unlogged": "unlogged", "import": "imported"}
"""How usage is marked of which there is no record of a response."""

SPAN_WORDS = {
    "today": "today",
    "7d": "7 d",
    "month": "this month",
    "last-month": "last month",
    "all": "all time",
}


def key_name(by: str, key: Key, view: View) -> str:
    """Name a group for people; what tells a project is hidden if they are."""
    if key is None:
        return UNKNOWN
    if by == "project":
        return view.project(key)
    if view.hides_projects and (by == "branch" or is_own_payer(by, key)):
        return disguised(by, key)
    if by in ("day", "week", "month"):
        return span_name(key, view)
    return clean(key) or UNKNOWN


def is_own_payer(by: str, key: str) -> bool:
    """Claim that a payer has a name that the user gave, which may be a client's."""
    return by == "payer" and key not in (*METERED.values(), *PLANS.values())


def disguised(by: str, key: str) -> str:
    """Return a name that tells nothing, the same wherever the key is shown."""
    mark = blake2s(key.encode("utf-8", "replace"), digest_size=2)
    return f"{by} {mark.hexdigest()}"


def span_name(span: str, view: View) -> str:
    """Name a period: `this month`, `Wed 25 Nov`, `W47, 16 to 22 Nov`, `May 2026`."""
    if span in SPAN_WORDS:
        return SPAN_WORDS[span]
    this_year = local(view.snapshot.now_ms, view.snapshot.tz).year
    if len(span) == 7:
        return f"{date.fromisoformat(f'{span}-01'):%B %Y}"
    first = date.fromisoformat(span)
    year = "" if first.year == this_year else f" {first.year}"
    if "W" not in span:
        return f"{first:%a} {first.day:2} {first:%b}{year}"
    last = first + timedelta(6)
    start = f"{first.day}" if first.month == last.month else f"{first.day} {first:%b}"
    return f"{span[5:]}, {start} to {last.day} {last:%b}{year}"


def with_projects(known: Mapping[str, str], projects: Iterable[str]) -> dict[str, str]:
    """Number the projects that have no alias yet."""
    aliases = dict(known)
    for project in projects:
        aliases.setdefault(project, f"project {len(aliases) + 1}")
    return aliases


def names_of(keys: Iterable[Key], by: str, view: View) -> str:
    """Name the first of some keys, and say how many more there are."""
    known = list(dict.fromkeys(key_name(by, key, view) for key in keys))
    more = f" +{len(known) - 1}" if len(known) > 1 else ""
    return "".join(known[:1]) + more


def project_names(keys: Iterable[Key], view: View) -> dict[Key, str]:
    """Name projects; where two have the same name, with the folder that they lie in."""
    names = {key: key_name("project", key, view) for key in keys}
    shared = list(names.values())
    return {
        key: name
        if shared.count(name) == 1 or key is None or view.hides_projects
        else f"{name} ({clean(str(PurePosixPath(key.replace(chr(92), '/')).parent))})"
        for key, name in names.items()
    }
