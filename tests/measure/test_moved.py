"""How far the paired headlines of one case lie from another's: the error of that distance."""

import numpy as np
import pytest

from alts401k.measure import moved


def quantile(x, weight, q):
    """A weighted quantile of x (people, paths) by sorting."""
    w = np.repeat(weight[:, None], x.shape[1], axis=1).ravel()
    order = np.argsort(x.ravel())
    return x.ravel()[order][np.searchsorted(np.cumsum(w[order]), q * w.sum())]


def headlines(of):
    """The four paired headlines from their definitions."""
    ratio = of.proposed / of.baseline
    return {
        "median_wealth_change": quantile(ratio, of.weight, 0.5),
        "p5_wealth_change": quantile(ratio, of.weight, 0.05),
        "wealth_p5_change": quantile(of.proposed, of.weight, 0.05) / quantile(of.baseline, of.weight, 0.05),
        "chance_better_off": float((of.weight @ (ratio > 1.0)).mean() / of.weight.sum()),
    }


def test_the_error_of_a_move_is_that_of_repeated_runs():
    """The estimate from one run of common paths against the spread over many, for each paired headline."""
    people, paths, runs = 7, 400, 300
    rng = np.random.default_rng(5)
    weight = rng.uniform(0.5, 2.0, people)

    def draw():
        market = rng.normal(0.0, 0.3, paths)
        skill = rng.normal(0.01, 0.05, paths)
        own = 1.0 + 0.05 * np.arange(people)[:, None]
        baseline = np.exp(market * own) * 1e5
        first = baseline * np.exp(skill + 0.1 * market)
        second = baseline * np.exp(1.3 * skill + 0.1 * market - 0.01)
        return moved.Wealths(first, baseline, weight), moved.Wealths(second, baseline, weight)

    pairs = [draw() for _ in range(runs)]
    moves = [{name: headlines(b)[name] - value for name, value in headlines(a).items()} for a, b in pairs]
    errors = [moved.difference_errors(a, b, paths) for a, b in pairs[:60]]
    for name in moves[0]:
        seen = np.std([move[name] for move in moves], ddof=1)
        told = np.mean([error[name] for error in errors])
        assert 0.8 < told / seen < 1.25, name
    few = moved.difference_errors(*pairs[0], 4 * paths)
    assert few["chance_better_off"] == pytest.approx(0.5 * errors[0]["chance_better_off"])


def test_nothing_that_is_certain_has_an_error():
    """A ratio that never varies moves without error; the same run does not move."""
    rng = np.random.default_rng(3)
    baseline = rng.lognormal(11.0, 0.4, (5, 200))
    first = moved.Wealths(1.01 * baseline, baseline, np.ones(5))
    second = moved.Wealths(1.02 * baseline, baseline, np.ones(5))
    assert moved.difference_errors(first, second, 200)["chance_better_off"] == 0.0
    assert moved.difference_errors(first, second, 200)["median_wealth_change"] < 1e-12
    assert set(moved.difference_errors(first, first, 200).values()) == {0.0}
    assert moved.independent_error(3.0, 4.0) == 5.0
