"""What stands and what is wrong with an account, in lines that are never cut."""

from __future__ import annotations

from textual.content import Content

from tokentui.queries.accounts import AccountState
from tokentui.tui.account_facts import MANY, fact_lines, facts_of
from tokentui.tui.account_words import ago, is_hidden, is_in_trouble, next_poll, word
from tokentui.tui.lines import flow, muted, wrapped
from tokentui.tui.names import key_name
from tokentui.tui.text import LONGEST, clean
from tokentui.tui.times import moment
from tokentui.tui.view import View


def account_lines(
    view: View, state: AccountState, key: str, width: int
) -> list[Content]:
    """Return what is wrong and what to do, then what it states; lines fit the width.

    `key` is the one that asks the account.
    """
    return [
        *wrong(view, state, key, width),
        *flow(standing(view, state), width, MANY),
        *fact_lines(facts_of(view, state), width),
    ]


def wrong(view: View, state: AccountState, key: str, width: int) -> list[Content]:
    """Say what is wrong in full, and what to do about it."""
    if not is_in_trouble(state):
        return []
    snapshot, since = view.snapshot, state.stale_since_ms
    when = (
        "" if since is None else f" since {moment(since, snapshot.tz, snapshot.now_ms)}"
    )
    why = error(view, state)
    said = Content.assemble(word(state), f"{when}: {why}" if why else when)
    return [*wrapped(said, width), *wrapped(muted(advice(view, state, key)), width)]


def error(view: View, state: AccountState) -> str:
    """Return the last error in full; it may name a client, so it is hidden as names."""
    if state.error is None:
        return "nobody has asked it for a day" if state.state == "stale" else ""
    if view.hides_projects:
        return "the reason may name a client and is hidden"
    text = state.error
    return "".join(
        clean(text[at : at + LONGEST]) for at in range(0, len(text), LONGEST)
    )


def advice(view: View, state: AccountState, key: str) -> str:
    """Say what stands meanwhile, and what a person can do."""
    account = "NAME" if is_hidden(view, state) else clean(state.name)
    is_known = state.good_at_ms is not None
    stands = "what it stated before stands" if is_known else "it has stated nothing yet"
    return (
        f"Until it answers, {stands}. {key} asks it now; another key is taken by"
        f" `tokentui accounts add {account}` at the command line."
    )


def standing(view: View, state: AccountState) -> list[Content]:
    """Say of what kind it is, who pays, how old what it states is, and what is next."""
    snapshot = view.snapshot
    payer = key_name("payer", state.payer, view) if state.payer else ""
    return [
        muted(f"kind {clean(state.kind)}"),
        *([muted(f"payer {payer.removeprefix('payer ')}")] if payer else []),
        Content(
            "never read"
            if state.good_at_ms is None
            else f"read {ago(state.good_at_ms, snapshot.now_ms)}"
        ),
        Content(f"next poll {next_poll(state, snapshot)}"),
    ]


def no_accounts(width: int) -> list[Content]:
    """Say what accounts are for, how to add one, and what is sent before: nothing."""
    parts = (
        Content.styled("No accounts yet", ".title"),
        Content(
            "Logs say what was used; providers say what it costs. An account is asked"
            " what it has billed, what is left of prepaid money, and how much of a"
            " plan's windows or of a limit is used. Caps then count what is billed."
        ),
        Content.styled("tokentui accounts kinds", ".accent"),
        Content("  which there are, and the key that each needs"),
        Content.styled("tokentui accounts add NAME --kind KIND", ".accent"),
        Content("  asks for the key and keeps it in the system's keyring"),
        Content(
            "Keys are added at the command line only. Until you add an account, nothing"
            " is sent anywhere; then only questions, to its own provider."
        ),
        muted("A dashboard that runs knows a new account once it is started anew."),
    )
    return [line for part in parts for line in wrapped(part, width)]
