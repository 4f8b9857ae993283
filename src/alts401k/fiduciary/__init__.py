"""Fiduciary room: question, law cited, evidence and open finding for each factor; runs nothing and finds nothing."""

from alts401k.fiduciary.both_sides import Arguments, Statement, arguments
from alts401k.fiduciary.factors import FACTORS, RULE, Factor
from alts401k.fiduciary.filing import OPEN_FINDING, Evidence, FiduciaryFile, Heading, file
from alts401k.fiduciary.numbers import Number, at, number

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
    "file",
    "number",
]
