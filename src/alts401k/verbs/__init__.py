"""One typed function a command: gather the inputs, run, measure, file. The package exports them.

The functions live in the modules of this room and are reached as `alts401k.evaluate` and so on; here stand
only the few names that words around them need.
"""

from typing import Any

from alts401k.units import Problem, Problems

__all__ = ["Problem", "Problems", "schema_text", "summary"]


def summary(data: dict[str, Any]) -> str:
    """The results of one evaluation (the object of results.json) in words that fit one screen."""
    from alts401k.report import summary as words

    return words(data)


def schema_text() -> str:
    """Every key of a case folder in words: what it means, its unit and its default."""
    from alts401k.terms.schema import describe

    return describe()
