"""The stages of one period compiled, kept where the kernels' own compiled loops are kept."""

from numba import njit

from alts401k.chart import Shape
from alts401k.simulate.cache import compiled_here
from tests.step.kits import PACKAGE
from tests.step.stages import stages

with compiled_here(PACKAGE):

    @njit(cache=True)
    def period(b, out, info, price, facts, terms, when, state, debit, credit, kept, vintages, sleeves, slow, slots):
        """`stages` on arrays, in place; the shape travels as four tuples."""
        stages(b, out, info, price, facts, terms, when, state, debit, credit, kept,
               Shape(vintages, sleeves, slow, slots))
