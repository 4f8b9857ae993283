"""Gross returns from net ones through reference fee terms, against the fee rule written a second time."""

import math

import numpy as np
import pytest

from alts401k.terms.assumptions import ReferenceFees
from alts401k.world import gross, market
from alts401k.world.gross import NO_FEES, Fees, fees_of, gross_return, net_return
from tests.step import incentive
from tests.step.kits import real

PARTNERSHIPS = Fees(0.015, 0.20, 0.08, 1.0, 12)
LENDING = Fees(0.01, 0.125, 0.05, 1.0, 3)
FLAT = Fees(0.01)
NO_CATCH_UP = Fees(0.012, 0.10, 0.06, 0.10, 12)
CASES = [
    (0.0971, 0.1948, PARTNERSHIPS),
    (0.0780, 0.1054, LENDING),
    (0.0663, 0.1471, FLAT),
    (0.0702, 0.1948, PARTNERSHIPS),
    (0.04, 0.30, NO_CATCH_UP),
]


class Holding:
    """One holding month by month: the accrual follows every gain and loss, and is paid on its dates."""

    def __init__(self, fees: Fees):
        self.fees = fees
        self.value, self.gain, self.hurdle, self.accrued, self.paid = 1.0, 0.0, 0.0, 0.0, 0.0

    def month(self, number: int, rate: float) -> None:
        """Month `number` from 1 at a simple gross return `rate`."""
        fees = self.fees
        opening = self.value
        result = opening * rate - opening * fees.mgmt_fee / 12
        self.value = opening + result
        self.gain += result
        self.hurdle += opening * fees.hurdle_yearly / 12
        owed = max(0.0, min(fees.catch_up * (self.gain - self.hurdle), fees.share * self.gain))
        self.accrued, self.paid = owed, 0.0
        if fees.months and number % fees.months == 0:
            self.value -= self.accrued
            self.paid, self.accrued, self.hurdle = self.accrued, 0.0, 0.0
            self.gain = min(0.0, self.gain)

    @property
    def net(self) -> float:
        """What the holder would get: the value less the fee accrued."""
        return self.value - self.accrued


def test_the_loop_of_this_test_is_the_step_s_rule():
    """Unit values of a sleeve with one private holding only, three years of months, quarterly fee over a hurdle."""
    rng = np.random.default_rng(3)
    holding = Holding(LENDING)
    x = incentive.private_only(LENDING.share)
    x.set("T_HURDLE", LENDING.hurdle_yearly / 12)
    x.set("T_BLOCK_FEE", LENDING.mgmt_fee / 12)
    for number, rate in enumerate(rng.normal(0.008, 0.03, 36), 1):
        holding.month(number, rate)
        x.set("R_MARK", rate)
        x.set("W_CRYSTALLISE", number % LENDING.months == 0)
        x.set("DIST_USD", holding.paid * incentive.UNITS)
        x.period(real())
        assert x.price[0] == pytest.approx(holding.net, rel=1e-9)


@pytest.mark.parametrize(("net", "log_sd", "fees"), CASES)
def test_a_fund_on_exactly_these_terms_nets_the_stated_return(net, log_sd, fees):
    """Mean log growth over twenty years within four Monte Carlo errors, of this test's draws and of the fixed ones."""
    before = gross_return(net, log_sd, fees)
    rng = np.random.default_rng(20261124)
    logs = math.log1p(before) / 12 + log_sd / math.sqrt(12) * rng.standard_normal((700, 240))
    results = []
    for path in np.expm1(np.concatenate([logs, 2 * math.log1p(before) / 12 - logs])):
        holding = Holding(fees)
        for number, rate in enumerate(path.tolist(), 1):
            holding.month(number, rate)
        results.append(math.log(holding.net) / 20)
    pairs = np.array(results).reshape(2, -1).mean(axis=0)
    error = float(pairs.std(ddof=1)) / math.sqrt(len(pairs))
    # The fixed draws have a chance of their own, about 0.8 of this test's.
    assert abs(pairs.mean() - math.log1p(net)) < 4 * 1.3 * error
    assert error < 2.5e-4
    # The test sees a tenth of the wedge: it would notice a fee left out.
    assert before - net > 10 * 4 * 1.3 * error


@pytest.mark.parametrize(("net", "log_sd", "fees"), CASES)
def test_there_and_back(net, log_sd, fees):
    before = gross_return(net, log_sd, fees)
    assert before > net
    assert net_return(before, log_sd, fees) == pytest.approx(net, abs=1e-12)


def test_without_fees_nothing_changes():
    assert gross_return(0.0702, 0.15, NO_FEES) == net_return(0.0702, 0.15, NO_FEES) == 0.0702


def test_a_flat_fee_without_risk_is_its_closed_form():
    for net in (-0.1, 0.0, 0.05, 0.2):
        exact = ((1 + net) ** (1 / 12) + 0.02 / 12) ** 12 - 1
        assert gross_return(net, 0.0, Fees(0.02)) == pytest.approx(exact, abs=1e-12)


@pytest.mark.parametrize("after", [0.02, 0.0499, 0.0766, 0.12031])
def test_without_risk_it_comes_near_the_yearly_closed_form(after):
    """The months charge what has grown since January: within half the year's growth of fee and hurdle."""
    before = gross_return(after, 0.0, Fees(0.0125, 0.125, 0.05, 1.0, 12))
    assert abs(incentive.net_of_year(before, 0.0125, 0.125, 0.05) - after) < 0.0625 * before / 2 + 1e-12


def test_where_a_full_catch_up_makes_many_returns_net_the_same_the_lowest_is_taken():
    fees = Fees(0.0, 0.2, 0.06, 1.0, 12)
    # Hurdle accrued month by month on a holding that grows at exactly the hurdle's pace.
    net = net_return(1.005**12 - 1, 0.0, fees)
    low = gross_return(net, 0.0, fees)
    assert low == pytest.approx(1.005**12 - 1, abs=1e-9)


def test_dearer_terms_need_more_before_fees():
    cheap = gross_return(0.07, 0.2, Fees(0.01, 0.1, 0.08, 0.5, 12))
    for dear in (
        Fees(0.012, 0.1, 0.08, 0.5, 12),
        Fees(0.01, 0.12, 0.08, 0.5, 12),
        Fees(0.01, 0.1, 0.07, 0.5, 12),
        Fees(0.01, 0.1, 0.08, 1.0, 12),
    ):
        assert gross_return(0.07, 0.2, dear) > cheap
    # A loss that is given back within the year costs a fee only if the quarter was charged.
    quarterly, yearly = (gross_return(0.07, 0.2, Fees(0.01, 0.1, 0.0, 0.1, months)) for months in (3, 12))
    assert quarterly > yearly


@pytest.mark.parametrize("fees", [Fees(0.01, 1.0, 0.0, 1.0, 12), Fees(0.0, 1.0, 0.0, 1.0, 3)])
def test_a_net_return_that_nothing_reaches_is_refused(fees):
    """All profit goes to the manager."""
    with pytest.raises(ValueError, match="no gross return"):
        gross_return(0.05, 0.1, fees)


def test_extreme_terms_still_give_an_answer():
    for net, log_sd in ((-0.5, 3.0), (1.0, 3.0), (-0.5, 0.0), (1.0, 0.0)):
        before = gross_return(net, log_sd, Fees(0.1, 0.3, 0.05, 1.0, 3))
        assert net_return(before, log_sd, Fees(0.1, 0.3, 0.05, 1.0, 3)) == pytest.approx(net, abs=1e-9)


def test_the_draws_are_fixed_and_standard():
    one = gross_return(0.0971, 0.1948, PARTNERSHIPS)
    for cache in (gross.gross_return, gross.net_return, gross._shocks, gross._normals):
        cache.cache_clear()
    assert gross_return(0.0971, 0.1948, PARTNERSHIPS) == one
    z = gross._normals()
    assert z.shape == (240, 2 * gross.PAIRS)
    assert np.abs(z.mean(axis=1)).max() < 1e-12 and np.abs((z * z).mean(axis=1) - 1).max() < 1e-12
    half = z[:, : gross.PAIRS]
    assert abs((half**4).mean() - 3) < 5 * math.sqrt(96 / half.size)
    assert abs((half[1:] * half[:-1]).mean()) < 5 / math.sqrt(half.size)
    assert len(np.unique(half)) > 0.999 * half.size


def test_documents_become_terms():
    read = ReferenceFees.model_validate
    incentive_fee = {"share": 0.2, "hurdle_yearly": 0.08, "catch_up": 1.0, "crystallise": "yearly"}
    assert fees_of(read({"mgmt_fee": 0.015, "incentive_fee": incentive_fee})) == PARTNERSHIPS
    assert fees_of(read({"mgmt_fee": 0.01})) == FLAT and fees_of(read({})) == NO_FEES
    none = {**incentive_fee, "catch_up": 0.0, "crystallise": "quarterly"}
    assert fees_of(read({"incentive_fee": none})) == Fees(0.0, 0.2, 0.08, 0.2, 3)
    assert fees_of(read({"mgmt_fee": 0.01, "incentive_fee": {**none, "share": 0.0}})) == FLAT


def test_terms_are_told_in_words():
    several = (NO_FEES, FLAT, PARTNERSHIPS, LENDING, NO_CATCH_UP, Fees(0.0, 0.2, 0.0, 0.2, 3))
    assert [gross.words(fees) for fees in several] == [
        "none",
        "1% of net assets a year",
        "1.5% of net assets a year; 20% of profit over 8% a year, full catch-up, above the high-water mark, due yearly",
        "1% of net assets a year; 12.5% of profit over 5% a year, full catch-up, above the high-water mark, "
        "due quarterly",
        "1.2% of net assets a year; 10% of profit over 6% a year, no catch-up, above the high-water mark, due yearly",
        "0% of net assets a year; 20% of profit, above the high-water mark, due quarterly",
    ]
    half = gross.words(Fees(0.01, 0.2, 0.05, 0.5, 12))
    assert "20% of profit over 5% a year, catch-up 50%" in half


def test_the_terms_of_the_shipped_survey():
    rows = {row.name: row.reference_fees for row in market.read("survey").rows if row.basis == "net_of_manager"}
    assert rows == {
        "private_equity": PARTNERSHIPS,
        "private_debt": LENDING,
        "real_estate": FLAT,
        "infrastructure": Fees(0.01, 0.10, 0.05, 1.0, 12),
    }
