"""`tokentui completions`: the line or script that completes verbs in a shell."""

from __future__ import annotations

import click
from click.shell_completion import get_completion_class

from tokentui.cli.output import show


@click.command("completions")
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish", "powershell"]))
def verb(shell: str) -> None:
    """Print the completion script for SHELL.

    bash: tokentui completions bash >> ~/.bashrc
    """
    from tokentui.cli.verbs import group

    if shell == "powershell":
        show(POWERSHELL)
        return
    maker = get_completion_class(shell)
    assert maker is not None
    show(maker(group, {}, "tokentui", "_TOKENTUI_COMPLETE").source())


POWERSHELL = """\
Register-ArgumentCompleter -Native -CommandName tokentui -ScriptBlock {
    param($word, $ast, $cursor)
    $env:_TOKENTUI_COMPLETE = "zsh_complete"
    $env:COMP_WORDS = $ast.ToString()
    $env:COMP_CWORD = $ast.CommandElements.Count - [int]($word -ne "")
    $lines = @(tokentui)
    Remove-Item Env:_TOKENTUI_COMPLETE, Env:COMP_WORDS, Env:COMP_CWORD
    for ($i = 0; $i + 2 -lt $lines.Count; $i += 3) {
        [System.Management.Automation.CompletionResult]::new(
            $lines[$i + 1], $lines[$i + 1], 'ParameterValue', $lines[$i + 2])
    }
}"""
"""Speaks the protocol of click's zsh script: type, value and help in three lines."""
