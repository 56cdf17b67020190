"""Every error raised on purpose, with the exit code the command line gives it."""


class TokentuiError(Exception):
    """A failure that a person can act on; its text says what to do next."""

    exit_code = 1


class UsageError(TokentuiError):
    """Words of the command line that cannot be understood."""

    exit_code = 2


class ConfigError(TokentuiError):
    """A config file that cannot be used; names file, key and the nearest known key."""

    exit_code = 2


class NoLedgerError(TokentuiError):
    """There is no ledger yet and the verb may not make one."""

    exit_code = 4


class LedgerError(TokentuiError):
    """A ledger that cannot be opened, is damaged, or is a newer tokentui's."""


class AccountError(TokentuiError):
    """An account that could not be asked or gave no answer; never quotes a secret.

    `retry_seconds`: when the provider wants to be asked again; `needs_user`: asking
    again will not help before a person does something; `status`: the HTTP status;
    `is_local`: nobody was asked, so that looking again soon is a burden to nobody.
    """

    exit_code = 3

    def __init__(
        self,
        text: str,
        *,
        retry_seconds: float | None = None,
        needs_user: bool = False,
        status: int | None = None,
        is_local: bool = False,
    ) -> None:
        super().__init__(text)
        self.retry_seconds = retry_seconds
        self.needs_user = needs_user
        self.status = status
        self.is_local = is_local


class UnreachableError(AccountError):
    """An account whose provider gave no answer at all, to whatever question."""


class NoKeyError(AccountError):
    """An account whose secret is nowhere; says how to give it."""


SOURCE_FAILED = 3
"""Exit code when a source or account failed and the rest was done."""

OVER_CAP = 5
"""Exit code of `status --check` over a cap and of `run` when its budget is met."""

INTERRUPTED = 130
"""Exit code after Ctrl-C."""
