"""Lifetime income: the compact Social Security table against the full one, the annuity against a hand sum."""

import numpy as np
import pytest

from alts401k.world import mortality


def test_expectation_of_life_at_65_by_cohort():
    """Published to two places in the description of the table; the full table is within 0.2 years."""
    compact = {1960: (19.20, 21.72), 1980: (20.40, 22.80), 2000: (21.58, 23.84)}
    full = {1960: (19.30, 21.82), 1980: (20.58, 22.95), 2000: (21.70, 23.94)}
    for born, both in compact.items():
        lives = mortality.survival(born, 65).sum(axis=2)[:, 0] - 0.5
        assert np.round(lives, 2).tolist() == list(both)
        assert np.abs(lives - np.array(full[born])).max() < 0.2


def test_period_figures_of_2025():
    table = mortality.table()
    at_65 = int(np.flatnonzero(table.age == 65)[0])
    assert table.q_2025[:, at_65].tolist() == [0.015013, 0.008979]
    assert (table.age[0], table.age[-1], table.q_2025.shape) == (18, 119, (2, 102))
    lives = np.cumprod(1.0 - table.q_2025[:, at_65:], axis=1).sum(axis=1) + 0.5
    assert np.round(lives, 2).tolist() == [18.46, 20.95]
    assert (table.fall_yearly > 0).all()


def test_annuity_is_the_hand_sum():
    table = mortality.table()
    born, rate, price, men, women = 1980, 0.02, 0.0, 1.0, 1.0
    for k, age in enumerate(range(67, 120)):
        price += (men + women) / 2 / (1 + rate) ** k
        row, years = age - 18, min(born + age, 2095) - 2025
        men *= 1 - table.q_2025[0, row] * np.exp(-table.fall_yearly[0, row] * years)
        women *= 1 - table.q_2025[1, row] * np.exp(-table.fall_yearly[1, row] * years)
    assert mortality.annuity_factor(born, rate) == pytest.approx(price, rel=1e-13)


def test_annuity_over_many_years_of_birth_is_each_alone():
    born = np.array([1959, 1998, 1975])
    many = mortality.annuity_factor(born, 0.015)
    assert many.shape == (3,)
    assert many == pytest.approx([mortality.annuity_factor(int(year), 0.015) for year in born], rel=1e-14)
    assert many[0] < many[2] < many[1]
    assert mortality.annuity_factor(1975, 0.03) < many[2]


def test_no_interest_is_the_expectation_of_payments():
    alive = mortality.survival(1970).mean(axis=0)[0]
    assert mortality.annuity_factor(1970, 0.0) == pytest.approx(alive.sum(), rel=1e-14)
    assert alive[0] == 1.0 and (np.diff(alive) < 0).all()


def test_what_makes_no_sense_is_refused():
    with pytest.raises(ValueError, match="real_rate"):
        mortality.annuity_factor(1970, -1.0)
    with pytest.raises(ValueError, match="real_rate"):
        mortality.annuity_factor(1970, float("nan"))
    with pytest.raises(ValueError, match="outside the table"):
        mortality.survival(1970, 17)
