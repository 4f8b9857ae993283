"""Fiduciary room: question, law cited, evidence and open finding for each factor; runs nothing and finds nothing."""

from alts401k.fiduciary.answers import break_even, breaking, could_go_wrong, leaving, suits_less
from alts401k.fiduciary.both_sides import Arguments, arguments, conditions
from alts401k.fiduciary.factors import FACTORS, RULE, Factor
from alts401k.fiduciary.filing import OPEN_FINDING, Evidence, FiduciaryFile, Heading, file
from alts401k.fiduciary.numbers import Number, Statement, at, number

__all__ = [
    "FACTORS",
    "OPEN_FINDING",
    "RULE",
    "Arguments",
    "Evidence",
    "Factor",
    "FiduciaryFile",
    "Heading",
    "Number",
    "Statement",
    "arguments",
    "at",
    "break_even",
    "breaking",
    "conditions",
    "could_go_wrong",
    "file",
    "leaving",
    "number",
    "suits_less",
]
