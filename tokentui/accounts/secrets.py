"""Secrets of accounts: in the system's keyring, or given by the environment.

They are never in the config, the ledger, a log, a process' arguments or an error.
"""

from __future__ import annotations

import os
import re
from typing import Any

from tokentui.environment import key_variable
from tokentui.errors import AccountError

variable = key_variable
"""Names the environment variable of an account's key."""

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

    def mark(self) -> bytes:
        """Give two bytes that tell a secret from the next, and nothing of either."""
        from tokentui.hashes import blake2b

        return blake2b(self._text.encode(), digest_size=2, person=b"tokentui").digest()

    def __repr__(self) -> str:
        return f"<secret from {self.origin}>"


def find(account: str, kind: str) -> Secret | None:
    """Find the secret of an account; the environment wins over the keyring.

    Raises:
        AccountError: There is a keyring, but it cannot be read.
    """
    given = from_environment(account)
    if given is not None:
        return given
    ring = keyring(account)
    if ring is None:
        return None
    text = attempt(account, "read", ring.get_password, SERVICE, place(account, kind))
    return Secret(checked(text, "the key in the keyring"), "keyring") if text else None


def from_environment(account: str) -> Secret | None:
    """Find the secret that the environment gives an account."""
    name = variable(account)
    text = os.environ.get(name, "").strip()
    return Secret(checked(text, name), f"${name}") if text else None


def of_another(account: str, service: str, user: str) -> str | None:
    """Read what another program keeps in the system's keyring, if there is such.

    Raises:
        AccountError: It cannot be read, or its owner does not let.
    """
    ring = keyring(account)
    if ring is None:
        return None
    return attempt(account, "read", ring.get_password, service, user) or None


def keep(account: str, kind: str, text: str) -> None:
    """Put a secret into the keyring, in place of an earlier one.

    Raises:
        AccountError: This machine has no keyring, or it cannot be written.
    """
    ring = keyring(account)
    if ring is None:
        raise AccountError(no_keyring(account))
    text = checked(text, "the key")
    where = place(account, kind)
    attempt(account, "written", ring.set_password, SERVICE, where, text)


def remove(account: str, kind: str) -> bool:
    """Take a secret out of the keyring; claim that there was one.

    Raises:
        AccountError: There is a keyring, but it cannot be written.
    """
    ring = keyring(account)
    where = place(account, kind)
    if ring is None:
        return False
    if not attempt(account, "read", ring.get_password, SERVICE, where):
        return False
    attempt(account, "written", ring.delete_password, SERVICE, where)
    return True


def place(account: str, kind: str) -> str:
    """Name a secret in the keyring; one of another kind is never taken for it."""
    return f"{account} ({kind})"


def no_keyring(account: str) -> str:
    """Say what to do on a machine without a keyring."""
    return (
        "this machine has no keyring that keeps secrets; set the environment variable"
        f" {variable(account)} to the key and try again"
    )


def keyring(account: str) -> Any:
    """Give the system's keyring, or `None` where there is none that keeps secrets."""
    import keyring as library  # 40 ms, for those who poll

    ring = attempt(account, "opened", library.get_keyring)
    try:
        # Below 1 is what the library advises against: none at all, or plain files.
        return ring if float(ring.priority) >= 1 else None
    except Exception:  # noqa: BLE001 (one that was chosen by name and is not there)
        return None


def attempt(account: str, done: str, call: Any, *arguments: str) -> Any:
    """Call the keyring; say of its errors what a person can do."""
    try:
        return call(*arguments)
    except Exception as error:  # noqa: BLE001 (each keyring has errors of its own)
        raise AccountError(
            f"the keyring cannot be {done} ({type(error).__name__}): unlock it,"
            f" or set the environment variable {variable(account)}"
        ) from None


def checked(text: str, whose: str) -> str:
    """Refuse what cannot be sent in a header.

    Raises:
        AccountError: It is empty, too long, or holds spaces or control characters.
    """
    text = text.strip()
    if not re.fullmatch(r"[\x21-\x7e]{1,8192}", text):
        raise AccountError(
            f"{whose} is none: a key is one word of letters, digits and signs",
            needs_user=True,
        )
    return text
