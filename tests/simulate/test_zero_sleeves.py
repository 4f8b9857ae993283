"""A sleeve of weight zero changes nothing: whatever it is, wherever it stands, whoever has it."""

import numpy as np
import pytest
from small_funds import (
    BLOCK,
    PARTNERSHIPS,
    PRIVATE,
    daily,
    families,
    fund,
    interpreted,
    interpreted_plain,
    market,
    members,
    same_bytes,
)

from alts401k.simulate.plain import is_plain
from alts401k.simulate.run import named_sums, run
from alts401k.terms.fund import Fund
from alts401k.terms.resolve import Family

SEED = 7
WORLD = market()
FLOWS = members()
ZERO = (0.0, 0.0)
BASE = fund()
LONG = [{"window_months": 1, "pct": 0.02}, {"window_months": 12, "pct": 0.1}]
FUNDS_OF_FUNDS = {**PRIVATE, "asset": "private_equity", "block": "buyouts"}
OWN_TERMS = {"cash_target": 0.05, "line": {"cap": 0.1, "spread_yearly": 0.03}}
ADDED = {
    "fast, first": {"aaa": daily("gold", 0.01)},
    "fast, middle": {"tips": daily("tips", 0.01)},
    "fast, last": {"zzz": daily("us_small_cap", 0.01)},
    "fast, an asset that is held already": {"zzz": daily("us_large_cap")},
    "fast, with cash and a line of its own": {"aaa": daily("emerging", 0.0, **OWN_TERMS)},
    "slow, first": {"aprivate": PRIVATE},
    "slow, last": {"zprivate": FUNDS_OF_FUNDS},
    "slow, with a longer ring": {"aprivate": {**PRIVATE, "gates": LONG}},
    "slow, quarterly": {"zprivate": {**PRIVATE, "dealing": "quarterly", "gates": [{"window_months": 3, "pct": 0.05}]}},
    "slow and fast": {"aprivate": FUNDS_OF_FUNDS, "aaa": daily("gold", 0.01)},
    "three": {"aprivate": PRIVATE, "zprivate": FUNDS_OF_FUNDS, "zzz": daily("gold")},
}


def with_zero(name: str) -> Fund:
    """The base fund and a sleeve or more of weight zero."""
    return fund(weights=dict.fromkeys(ADDED[name], ZERO), sleeves=ADDED[name],
                blocks={"buyouts": PARTNERSHIPS, "lender": BLOCK})


@pytest.mark.parametrize("name", ADDED)
@pytest.mark.parametrize("path", [0, 5])
def test_same_bytes_on_a_path(monkeypatch, name, path):
    """Prices, true values and all sums of the vintages, alone and on the union of a pair's sleeves."""
    (base,) = families(BASE)
    (alone,) = families(with_zero(name))
    pair = families(with_zero(name), BASE)
    (plain,) = interpreted(monkeypatch, (base,), (FLOWS,), WORLD, path, SEED)
    (found,) = interpreted(monkeypatch, (alone,), (FLOWS,), WORLD, path, SEED)
    both = interpreted(monkeypatch, pair, (FLOWS, FLOWS), WORLD, path, SEED)
    assert alone.shape != base.shape
    for one in (found, *both):
        assert same_bytes(one.units, plain.units) and same_bytes(one.value, plain.value)
        assert same_bytes(one.trace[0, :, -4:] if one.trace.ndim == 3 else one.trace[:, -4:], plain.trace[:, -4:])
        assert same_bytes(one.bins, plain.bins) and same_bytes(one.gated, plain.gated)
    assert same_bytes(both[0].sums, both[1].sums)
    for mine, theirs in zip(base.sleeves, columns(base, plain.trace), strict=True):
        k = alone.sleeves.index(mine)
        assert same_bytes(found.trace[:, k], theirs), mine


def columns(family: Family, trace: np.ndarray) -> list[np.ndarray]:
    """Prices of each sleeve of a trace, month by month."""
    return [trace[:, k] for k in range(len(family.sleeves))]


def test_same_bytes_compiled():
    """On many paths, a slow and a fast sleeve at once, against the base fund alone and beside it."""
    more = with_zero("slow and fast")
    (alone,) = run(families(BASE), (FLOWS,), WORLD, 60, SEED)
    both = run(families(more, BASE), (FLOWS, FLOWS), WORLD, 60, SEED)
    for one in both:
        assert same_bytes(one.units, alone.units) and same_bytes(one.value, alone.value)
        assert same_bytes(one.bins, alone.bins) and same_bytes(one.gated, alone.gated)
    names = ("net", "vfee", "asked", "unfilled", "leavers", "joiners", "stayers", "private_max", "months")
    sums = [named_sums(one) for one in (*both, alone)]
    for name in names:
        assert same_bytes(sums[0][name], sums[2][name]) and same_bytes(sums[1][name], sums[2][name]), name
    assert np.abs(sums[2]["leavers"]).min() > 0.0


def test_a_little_weight_does_change_something(monkeypatch):
    """So zero is what keeps the bytes the same."""
    one = fund(weights={"aaa": (1e-6, 1e-6), "stocks": (0.6 - 1e-6, 0.3 - 1e-6)}, sleeves={"aaa": daily("gold")})
    (some,) = interpreted(monkeypatch, families(one), (FLOWS,), WORLD, 0, SEED)
    (none,) = interpreted(monkeypatch, families(BASE), (FLOWS,), WORLD, 0, SEED)
    assert not same_bytes(some.value, none.value)
    assert np.allclose(some.value, none.value, rtol=1e-4)


LISTED = {"private": None, "stocks": (0.7, 0.4), "zbonds": (0.3, 0.6)}


@pytest.mark.parametrize("name", ADDED)
def test_same_bytes_of_a_listed_fund(monkeypatch, name):
    """A listed fund takes the closed form; so does it with a sleeve of weight zero, whatever that sleeve's terms."""
    base = fund(weights=LISTED)
    more = fund(weights={**LISTED, **dict.fromkeys(ADDED[name], ZERO)}, sleeves=ADDED[name],
                blocks={"buyouts": PARTNERSHIPS})
    pair = families(more, base)
    assert [is_plain(one) for one in pair] == [True, True], "one of a pair must not go another way"
    found = [interpreted_plain(monkeypatch, one, FLOWS, WORLD, 3, SEED) for one in pair]
    alone = interpreted_plain(monkeypatch, families(base)[0], FLOWS, WORLD, 3, SEED)
    for one in found:
        assert same_bytes(one.units, alone.units) and same_bytes(one.value, alone.value)
        assert same_bytes(one.bins, alone.bins)
