"""Secrets of accounts: in the system's keyring, or given by the environment.

They are never in the config, the ledger, a log, a process' arguments or an error.
"""

from __future__ import annotations

import os
import re
from typing import Any

from tokentui.errors import AccountError

SERVICE = "tokentui"
"""The name that the keyring files our secrets under."""


class Secret:
    """A secret that no text shows; `reveal` gives it to those who send it."""

    __slots__ = ("_text", "origin")

    def __init__(self, text: str, origin: str) -> None:
        self._text = text
        self.origin = origin

    def reveal(self) -> str:
        """Give the secret itself."""
        return self._text

    def __repr__(self) -> str:
        return f"<secret from {self.origin}>"


def variable(account: str) -> str:
    """Name the environment variable of an account's secret: `TOKENTUI_KEY_WORK`."""
    return "TOKENTUI_KEY_" + re.sub(r"[^A-Z0-9]", "_", account.upper())


def find(account: str) -> Secret | None:
    """Find the secret of an account; the environment wins over the keyring.

    Raises:
        AccountError: There is a keyring, but it cannot be read.
    """
    name = variable(account)
    text = os.environ.get(name, "").strip()
    if text:
        return Secret(checked(text), f"${name}")
    ring = keyring()
    if ring is None:
        return None
    text = attempt(account, "read", ring.get_password, SERVICE, account)
    return Secret(checked(text), "the keyring") if text else None


def from_login(text: str) -> Secret:
    """Take the secret of another tool's login.

    Raises:
        AccountError: It cannot be sent.
    """
    return Secret(checked(text), "a login on this machine")


def of_another(account: str, service: str, user: str) -> str | None:
    """Read what another program keeps in the system's keyring, if there is such.

    Raises:
        AccountError: It cannot be read, or its owner does not let.
    """
    ring = keyring()
    if ring is None:
        return None
    return attempt(account, "read", ring.get_password, service, user) or None


def given(account: str) -> bool:
    """Claim that the environment gives an account's secret."""
    return bool(os.environ.get(variable(account), "").strip())


def keep(account: str, text: str) -> None:
    """Put a secret into the keyring, in place of an earlier one.

    Raises:
        AccountError: This machine has no keyring, or it cannot be written.
    """
    ring = keyring()
    if ring is None:
        raise AccountError(no_keyring(account))
    attempt(account, "written", ring.set_password, SERVICE, account, checked(text))


def remove(account: str) -> bool:
    """Take a secret out of the keyring; claim that there was one.

    Raises:
        AccountError: There is a keyring, but it cannot be written.
    """
    ring = keyring()
    if ring is None:
        return False
    if not attempt(account, "read", ring.get_password, SERVICE, account):
        return False
    attempt(account, "written", ring.delete_password, SERVICE, account)
    return True


def no_keyring(account: str) -> str:
    """Say what to do on a machine without a keyring."""
    return (
        "this machine has no keyring that keeps secrets;"
        f" set the environment variable {variable(account)} instead"
    )


def keyring() -> Any:
    """Give the system's keyring, or `None` where there is none that keeps secrets."""
    import keyring as library  # 40 ms, for those who poll

    ring = library.get_keyring()
    # Below 1 are what the library does not recommend: none at all, or plain files.
    return ring if float(ring.priority) >= 1 else None


def attempt(account: str, done: str, call: Any, *arguments: str) -> Any:
    """Call the keyring; say of its errors what a person can do."""
    try:
        return call(*arguments)
    except Exception as error:  # noqa: BLE001 (each keyring has errors of its own)
        raise AccountError(
            f"the keyring cannot be {done} ({type(error).__name__}): unlock it,"
            f" or set the environment variable {variable(account)}"
        ) from None


def checked(text: str) -> str:
    """Refuse what cannot be sent in a header.

    Raises:
        AccountError: It is empty, too long, or holds spaces or control characters.
    """
    text = text.strip()
    if not re.fullmatch(r"[\x21-\x7e]{1,8192}", text):
        raise AccountError("a key is one word of letters, digits and signs")
    return text
