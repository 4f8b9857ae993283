"""The same source compiled and interpreted gives the same bytes, after every stage, for families of several shapes."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alts401k.chart import legs
from alts401k.simulate.fold import deal_half, fold_observed, price_half
from tests.step import compiled_stages, stages
from tests.step.random_family import CORNERS, random_scene
from tests.step.scene_books import Scene

SHAPES = [(1, 2, 0, 1), (3, 4, 1, 4), (11, 8, 2, 4)]
FOLDED = (3, 4, 1, 4)
QUIET = settings(deadline=None, derandomize=True, max_examples=80)
corners = st.frozensets(st.sampled_from(CORNERS), max_size=4)


class Vectors:
    """A scene's vectors as arrays, and the table of legs."""

    def __init__(self, x: Scene) -> None:
        self.b, self.out, self.info, self.price, self.facts, self.terms = (
            np.array(v, dtype=np.float64) for v in (x.b, x.out, x.info, x.price, x.facts, x.terms))
        self.when, self.state = np.array(x.when, dtype=np.int64), np.array(x.state, dtype=np.int64)
        self.debit, self.credit = (np.array(side, dtype=np.int64) for side in legs(x.shape))
        self.kept = np.zeros((len(stages.NAMES), len(x.b) + len(x.price) + len(x.state)))

    def all(self) -> dict[str, np.ndarray]:
        """Everything a period writes."""
        return {"kept": self.kept, "out": self.out, "info": self.info, "b": self.b, "price": self.price,
                "state": self.state}

    def arguments(self) -> tuple:
        """In the order of the stages."""
        return (self.b, self.out, self.info, self.price, self.facts, self.terms, self.when, self.state, self.debit,
                self.credit, self.kept)


def same_bytes(one: np.ndarray, other: np.ndarray) -> bool:
    """Bit for bit, so that zero and minus zero differ."""
    return one.dtype == other.dtype and np.array_equal(one.view(np.int64), other.view(np.int64))


def test_same_bytes_sees_a_signed_zero():
    """And the last bit."""
    assert not same_bytes(np.array([0.0]), np.array([-0.0]))
    assert not same_bytes(np.array([1.0]), np.array([np.nextafter(1.0, 2.0)]))
    assert same_bytes(np.array([1.0]), np.array([1.0]))


@pytest.mark.parametrize("sizes", SHAPES)
@QUIET
@given(seed=st.integers(0, 10**6), corners=corners)
def test_compiled_is_interpreted(sizes, seed, corners):
    """Balances, prices and regimes after each stage, then flows and info; arrays, and plain lists too."""
    x = random_scene(seed, sizes, corners)
    fast, slow = Vectors(x), Vectors(x)
    compiled_stages.period(*fast.arguments(), *x.shape)
    stages.stages(*slow.arguments(), x.shape)
    for number, name in enumerate(stages.NAMES):
        assert same_bytes(fast.kept[number], slow.kept[number]), name
    for name, found in fast.all().items():
        assert same_bytes(found, slow.all()[name]), name
    listed = Vectors(x)
    rows = [vector.tolist() for vector in listed.arguments()]
    stages.stages(*rows, x.shape)
    for name, found, row in zip(("b", "out", "info", "price"), fast.arguments(), rows, strict=False):
        assert same_bytes(found, np.array(row, dtype=np.float64)), name


def test_one_signature_a_shape():
    """A second signature would be a second program, that no test compared."""
    for seed in range(2):
        for sizes in SHAPES:
            x = random_scene(seed, sizes)
            compiled_stages.period(*Vectors(x).arguments(), *x.shape)
    assert len(compiled_stages.period.signatures) == len(SHAPES)


def observed(seed: int, periods: int) -> tuple[Scene, list[Scene]]:
    """A family and a tape of further periods' facts, terms and calendars, made from other seeds of the same shape."""
    x = random_scene(seed, FOLDED, frozenset(("lines", "red")))
    return x, [random_scene(seed, FOLDED, frozenset(CORNERS[k % 6:][:2]) - {"absent", "ties"}) for k in range(periods)]


@pytest.mark.parametrize("seed", range(8))
def test_the_driver_folds_the_stages(seed):
    """The driver's own composition, over a tape, interpreted and compiled, is the plain order of operations."""
    x, tape = observed(seed, 12)
    plain, halves, folded = Vectors(x), Vectors(x), Vectors(x)
    prices = []
    for day in (Vectors(one) for one in tape):
        for v in (plain, halves):
            v.facts, v.terms, v.when = day.facts, day.terms, day.when
        stages.stages(*plain.arguments(), x.shape)
        b, out, info, price, facts, terms, when, state, debit, credit, _ = halves.arguments()
        price_half(b, out, info, price, facts, terms, debit, credit, x.shape)
        deal_half(b, out, info, price, facts, terms, when, state, debit, credit, x.shape)
        prices.append(plain.price.copy())
    days = [Vectors(one) for one in tape]
    found = fold_observed(folded.b, folded.price, folded.state, np.stack([v.facts for v in days]),
                          np.stack([v.terms for v in days]), np.stack([v.when for v in days]), folded.debit,
                          folded.credit, folded.out, folded.info, *x.shape)
    assert same_bytes(found, np.stack(prices))
    for name in ("b", "price", "state", "out", "info"):
        assert same_bytes(halves.all()[name], plain.all()[name]), name
        assert same_bytes(folded.all()[name], plain.all()[name]), name
    assert not same_bytes(plain.b, Vectors(x).b)
