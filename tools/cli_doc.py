"""Writes docs/cli.md: the manual page of every command, as `--help` prints it."""

import sys
from pathlib import Path

import click

from alts401k.cli import PROGRAM, command

TARGET = Path(__file__).resolve().parents[1] / "docs" / "cli.md"
HEAD = """# The command line

What `--help` prints, command by command. This page is generated from the command itself: `make docs`.
"""


def pages(command: click.Command, name: str, parent: click.Context | None = None) -> list[tuple[str, str]]:
    """(name, help) of a command and of every command below it."""
    # 78 is what click makes of a terminal of 80 columns.
    context = click.Context(command, parent, name, **{**command.context_settings, "terminal_width": 78})
    found = [(context.command_path, command.get_help(context))]
    for below, one in getattr(command, "commands", {}).items():
        found += pages(one, below, context)
    return found


def text() -> str:
    """The whole page."""
    parts = [f"\n## {name}\n\n```text\n{words.rstrip()}\n```\n" for name, words in pages(command, PROGRAM)]
    return HEAD + "".join(parts)


if __name__ == "__main__":
    TARGET.write_text(text(), encoding="utf-8")
    sys.stderr.write(f"wrote {TARGET.name}\n")
