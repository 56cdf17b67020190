"""An account's state in words: its name, the cells of its row, how fresh it is."""

from __future__ import annotations

from textual.content import Content

from tokentui.amounts import duration, money
from tokentui.queries.accounts import AccountState, Stated
from tokentui.queries.quotas import QuotaState
from tokentui.snapshot import Snapshot
from tokentui.tui.columns import Cell, GridColumn
from tokentui.tui.lines import figure, muted
from tokentui.tui.text import clean
from tokentui.tui.times import moment
from tokentui.tui.view import View
from tokentui.tui.widgets.quotas import soon
from tokentui.tui.widgets.quotas import state as fullness

WORDS = {"ok": "ok", "stale": "STALE", "error": "ERROR", "no key": "NO KEY"}
STYLES = {"ok": ".good", "stale": ".near", "error": ".over", "no key": ".over"}
UNASKED = "not asked yet"
ASKING = "asking …"
COLUMNS = (
    GridColumn("account", least=12, id="account"),
    GridColumn("kind", rank=7, id="kind"),
    GridColumn("state", id="state"),
    GridColumn("age", rank=1, id="age"),
    GridColumn("next poll", rank=6, id="next"),
    GridColumn("balance", is_right=True, rank=3, least=11, id="balance"),
    GridColumn("billed", is_right=True, rank=2, least=11, id="billed"),
    GridColumn("limit", rank=5, id="limit"),
    GridColumn("window", rank=4, id="window"),
)


def name(view: View, state: AccountState, position: int) -> str:
    """Return an account's name, or its number if its name may tell a hidden client."""
    if is_hidden(view, state):
        return f"account {position}"
    return clean(state.name)


def is_hidden(view: View, state: AccountState) -> bool:
    """Claim that an account's name may not be shown; that of its kind tells nothing."""
    return view.hides_projects and state.name != state.kind


def called(view: View, state: AccountState, position: int) -> str:
    """Return `account acme`: a source may have the same name."""
    return f"account {name(view, state, position).removeprefix('account ')}"


def is_in_trouble(state: AccountState) -> bool:
    """Claim that what the account states may be out of date, or that it states none."""
    return state.state not in ("ok", None)


def word(state: AccountState) -> Content:
    """Return how an account stands."""
    if state.state is None:
        return muted(UNASKED)
    return Content.styled(WORDS[state.state], STYLES[state.state])


def ago(at_ms: int | None, now_ms: int) -> str:
    """Return `4 min ago`, or `never`."""
    if at_ms is None:
        return "never"
    return f"{duration(max(0, now_ms - at_ms) / 1000)} ago"


def next_poll(state: AccountState, snapshot: Snapshot) -> str:
    """Return `14:20` or `Thu 14:20`; `due` if that is past or was never set."""
    at_ms = state.next_poll_ms
    if at_ms is None or at_ms <= snapshot.now_ms:
        return "due"
    return soon(at_ms, snapshot)


def cells(
    view: View, state: AccountState, position: int, is_asking: bool
) -> list[Cell]:
    """Return the cells of an account's row."""
    now_ms = view.snapshot.now_ms
    return [
        Content(name(view, state, position)),
        muted(clean(state.kind)),
        Content.styled(ASKING, ".accent") if is_asking else word(state),
        Content(ago(state.good_at_ms, now_ms).removesuffix(" ago")),
        muted(next_poll(state, view.snapshot)),
        listed([money(b.nanos, clean(b.currency)) for b in state.balances]),
        listed([money(nanos, clean(currency)) for currency, nanos in state.billed]),
        fullest_limit(state.limits),
        fullest_window(state.quotas),
    ]


def listed(amounts: list[str]) -> Content:
    """Return amounts as they stand out; a dash if none is known."""
    return figure(", ".join(amounts)) if amounts else muted("-")


def used_share(limit: Stated) -> float:
    """Return how much of a limit is used, 0 if it has no end."""
    if limit.ceiling_nanos is None:
        return 0.0
    if limit.ceiling_nanos <= 0:
        return 1.0
    return limit.nanos / limit.ceiling_nanos


def limit_text(limit: Stated) -> str:
    """Return `$12.60 of $30.00`, or that there is no limit."""
    used = money(limit.nanos, clean(limit.currency))
    if limit.ceiling_nanos is None:
        return f"{used}, no limit"
    return f"{used} of {money(limit.ceiling_nanos, clean(limit.currency))}"


def fullest_limit(limits: tuple[Stated, ...]) -> Content:
    """Return the limit of which most is used, and how many more there are."""
    if not limits:
        return muted("-")
    return Content(limit_text(max(limits, key=used_share)) + more(len(limits)))


def fullest_window(quotas: tuple[QuotaState, ...]) -> Content:
    """Return the window of which most is used, and how many more there are."""
    if not quotas:
        return muted("-")
    quota = max(quotas, key=lambda each: each.used_percent)
    said = f"{clean(quota.window)} {quota.used_percent:.0f} %"
    sign, style = fullness(quota)
    return Content.assemble(
        said, (f" {sign}" if sign else "", style), more(len(quotas))
    )


def more(count: int) -> str:
    """Return ` +2` if three are there and one is told."""
    return f" +{count - 1}" if count > 1 else ""


def trouble(view: View) -> Content:
    """Say which account is stale or fails, or how many; nothing if all are well."""
    accounts = view.snapshot.accounts
    troubled = [(i, s) for i, s in enumerate(accounts, 1) if is_in_trouble(s)]
    if not troubled:
        return Content()
    if len(troubled) > 1:
        words = [str(state.state) for _, state in troubled]
        counts = [f"{words.count(each)} {each}" for each in dict.fromkeys(words)]
        return Content.assemble(
            ("ACCOUNTS ", ".near"), f"{', '.join(counts)}: see Accounts"
        )
    ((position, state),) = troubled
    snapshot, since = view.snapshot, state.stale_since_ms
    when = (
        "" if since is None else f" since {moment(since, snapshot.tz, snapshot.now_ms)}"
    )
    said = f" {called(view, state, position)}{when}: see Accounts"
    return Content.assemble(word(state), said)


def freshness(view: View) -> Content:
    """Say how long ago the accounts that are well were read, the oldest of them."""
    fresh = [
        (each.good_at_ms, called(view, each, position))
        for position, each in enumerate(view.snapshot.accounts, 1)
        if each.state == "ok" and each.good_at_ms is not None
    ]
    if not fresh:
        return Content()
    at_ms, oldest = min(fresh)
    whose = oldest if len(fresh) == 1 else f"{len(fresh)} accounts, oldest"
    return muted(f"{whose} {ago(at_ms, view.snapshot.now_ms)}")
