"""The command `alts401k`: words in, words out. Everything it does is a function of the room `verbs`."""

import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from alts401k import __version__
from alts401k.cli.books import operate
from alts401k.cli.cases import check, evaluate, examples, new, schema
from alts401k.cli.files import document, verify
from alts401k.cli.manual import ManualGroup
from alts401k.cli.studies import bench, compare, explain
from alts401k.verbs import Problems

PROGRAM = "alts401k"
DONE, REFUSED, WRONG_INPUT, INTERRUPTED = 0, 1, 2, 130


@click.command(
    cls=ManualGroup,
    files=[
        ("fund.toml", "the proposed fund"),
        ("baseline.toml", "the fund the plan offers today"),
        ("alternatives/*.toml", "other funds that were considered, each with why it is similar"),
        ("plan.toml", "the plan, with a named population or a census file"),
        ("assumptions.toml", "returns, risks and whatever else is assumed, each with its source"),
    ],
    examples=[
        ("alts401k examples", "Which example cases there are."),
        ("alts401k new mycase --like target-date-cit", "Begin a case of your own from one."),
        ("alts401k evaluate mycase", "Should this plan offer this fund?"),
    ],
)
@click.version_option(__version__, prog_name=PROGRAM, message="%(prog)s %(version)s")
def command() -> None:
    """Evaluate, operate and document a 401(k) fund that holds alternative assets.

    A case is a folder of a few text files (below). `evaluate` compares the proposed fund with today's, for
    the people of the plan, over their working lives. `operate` strikes a fund day by day into exact books.
    `document` writes the file that shows how the decision was reached. `explain` shows where a number comes
    from, `compare` what moved between two cases.

    Each command explains itself: alts401k COMMAND --help. Each is also a function of the Python package
    alts401k.
    """


for one in (evaluate, explain, compare, check, new, examples, schema, operate, document, verify, bench):
    command.add_command(one)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Runs the command line (that of the process by default) and ends the process with its exit status."""
    sys.exit(run(arguments))


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command line and returns its exit status; a user's mistake is words on standard error."""
    try:
        status = command.main(arguments, prog_name=PROGRAM, standalone_mode=False)
        sys.stdout.flush()
        return status if isinstance(status, int) else DONE
    except (click.Abort, KeyboardInterrupt):
        return _say("interrupted", INTERRUPTED)
    except click.ClickException as error:
        error.show()
        return error.exit_code
    except Problems as problems:
        click.echo(str(problems), err=True)
        return WRONG_INPUT
    except BrokenPipeError:
        # Whoever read our output has left; Python must not complain about it once more at its end.
        sys.stdout = None
        return REFUSED
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        return _say(f"{where}{error.strerror or error}", REFUSED)
    except MemoryError:
        return _say("there is not enough memory for this; ask for fewer paths", REFUSED)


def _say(message: str, status: int) -> int:
    click.echo(f"{PROGRAM}: {message}", err=True)
    return status
