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


SOURCE_FAILED = 3
"""Exit code when a source or account failed and the rest was done."""

OVER_CAP = 5
"""Exit code of `status --check` over a cap and of `run` when its budget is met."""

INTERRUPTED = 130
"""Exit code after Ctrl-C."""
