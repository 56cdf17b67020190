"""Find the kind and the secret of an account that the user has named."""

from __future__ import annotations

from tokentui.accounts import MODULES, kind_of, secrets
from tokentui.accounts.kind import Kind
from tokentui.accounts.secrets import Secret
from tokentui.errors import AccountError, ConfigError, NoKeyError
from tokentui.settings import Account


def known_kind(account: Account) -> Kind:
    """Give the kind of an account, with all that it needs.

    Raises:
        ConfigError: There is no such kind, or a key is missing.
    """
    if account.kind_ not in MODULES:
        from difflib import get_close_matches

        near = get_close_matches(account.kind_, MODULES, 1, 0.4)
        hint = f"did you mean {near[0]}?" if near else f"known: {', '.join(MODULES)}"
        raise ConfigError(
            f"accounts.{account.name}: no kind of account {account.kind_!r}; {hint}"
        )
    kind = kind_of(account.kind_)
    for key in kind.needs:
        if getattr(account, key) is None:
            raise ConfigError(f"accounts.{account.name}: {key} is missing")
    return kind


def secret_of(kind: Kind, account: Account) -> Secret:
    """Find the secret of an account: given for it, or a login that may be read.

    Raises:
        AccountError: There is none; says how to give one.
    """
    if account.login:
        found = secrets.from_environment(account.name)
        text = None if found else kind.login(account)
        return found or login_of(account, text)
    found = secrets.find(account.name, kind.name)
    if found is None:
        raise NoKeyError(
            f"no key; run `tokentui accounts add {account.name}`"
            f" or set {secrets.variable(account.name)}",
            needs_user=True,
        )
    begins = kind.credential.begins
    if begins and not found.reveal().startswith(begins):
        raise AccountError(
            f"this is no {kind.credential.what}, which begins with"
            f" {' or '.join(begins)}; it was not sent",
            needs_user=True,
        )
    return found


def login_of(account: Account, text: str | None) -> Secret:
    """Make a secret of another tool's login.

    Raises:
        AccountError: There is none on this machine.
    """
    if not text:
        raise NoKeyError(
            "no login was found on this machine; log in with the tool itself"
            f" or set {secrets.variable(account.name)}",
            needs_user=True,
        )
    return secrets.Secret(secrets.checked(text, "the login"), "login")
