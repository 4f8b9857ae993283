"""Commands whose `--help` reads like a manual page."""

from collections.abc import Sequence
from typing import Any

import click

WIDTH = 80

USUAL_EXITS = (
    ("0", "done"),
    ("1", "the system refused: no permission, no space on the disk"),
    ("2", "something is wrong with the command line or an input; nothing was written"),
    ("130", "interrupted; nothing was left half-written"),
)


class Manual:
    """Adds the sections of a manual page to a click command: arguments, files, exit status, examples.

    Each section is a sequence of pairs (term, what it means); an example is (command, what it does).
    """

    def __init__(
        self,
        *args: Any,
        arguments: Sequence[tuple[str, str]] = (),
        files: Sequence[tuple[str, str]] = (),
        exits: Sequence[tuple[str, str]] = USUAL_EXITS,
        examples: Sequence[tuple[str, str]] = (),
        **settings: Any,
    ) -> None:
        settings.setdefault("context_settings", {"help_option_names": ["-h", "--help"], "max_content_width": WIDTH})
        super().__init__(*args, **settings)
        self.sections = {"Arguments": arguments, "Files": files, "Exit status": exits}
        self.examples = examples

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Writes the sections in the order of a manual page, with click's own options among them."""
        self._write(formatter, "Arguments")
        super().format_options(ctx, formatter)  # type: ignore[misc]
        self._write(formatter, "Files")
        self._write(formatter, "Exit status")
        if self.examples:
            with formatter.section("Examples"):
                for command, meaning in self.examples:
                    formatter.write(f"  {command}\n")
                    formatter.indent()
                    formatter.write_text(meaning)
                    formatter.dedent()

    def _write(self, formatter: click.HelpFormatter, title: str) -> None:
        if self.sections[title]:
            with formatter.section(title):
                formatter.write_dl(list(self.sections[title]))


class ManualCommand(Manual, click.Command):
    """A command with a manual page."""


class ManualGroup(Manual, click.Group):
    """A group of commands with a manual page; its commands are listed in the order they were added."""

    command_class = ManualCommand

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names of the commands, in the order they were added."""
        return list(self.commands)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Lists the commands, each with the whole first sentence of its page."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, one.get_short_help_str(limit=400)) for name, one in self.commands.items()])
