"""Which rule tells whose a project is: work, personal or a client's."""

from __future__ import annotations

from collections.abc import Iterable

from tokentui.globs import any_glob
from tokentui.settings import Project


class Tags:
    """The rules on projects, ready to be asked; the first one that matches holds."""

    def __init__(self, projects: Iterable[Project]) -> None:
        self._rules = tuple(rule for rule in projects if is_telling(rule))
        self._remotes: dict[str | None, tuple[str, ...]] = {}

    def rule(self, project: str | None, branch: str | None) -> Project | None:
        """Give the rule for usage in a project and on a branch; `None`: untagged."""
        return next(
            (rule for rule in self._rules if self._holds(rule, project, branch)), None
        )

    def _holds(self, rule: Project, project: str | None, branch: str | None) -> bool:
        match = rule.match
        return (
            (not match.path or any_glob(match.path, project))
            and (not match.branch or any_glob(match.branch, branch))
            and (
                not match.remote
                or any(any_glob(match.remote, each) for each in self._of(project))
            )
        )

    def _of(self, project: str | None) -> tuple[str, ...]:
        """Read a project's remotes once."""
        if project not in self._remotes:
            from tokentui.remotes import remotes_of  # 1 ms; few rules name remotes

            self._remotes[project] = remotes_of(project)
        return self._remotes[project]


def is_telling(rule: Project) -> bool:
    """Claim that a rule says which usage is its own."""
    match = rule.match
    return bool(match.path or match.remote or match.branch)
