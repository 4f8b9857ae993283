"""IRS limits by year: published figures, then stated growth, marked as assumed."""

import numpy as np
import pytest

from alts401k import law
from alts401k.terms.limits import limits


def test_published_years_are_the_figures_and_later_years_grow_unrounded():
    found = limits(2025, 4, 0.03)
    assert found.elective.tolist() == [23500.0, 24500.0, 24500.0 * 1.03, 24500.0 * 1.03**2]
    assert found.catch_up_60_63.tolist() == [11250.0, 11250.0, 11250.0 * 1.03, 11250.0 * 1.03**2]
    assert found.annual_additions[:2].tolist() == [70000.0, 72000.0]
    assert found.compensation[:2].tolist() == [350000.0, 360000.0]
    assert (found.last_published, found.first_year) == (2026, 2025)
    assert found.assumed.tolist() == [False, False, True, True]


def test_before_2025_the_ordinary_catch_up_stands_for_the_higher_one():
    found = limits(2023, 3, 0.0)
    assert found.catch_up_60_63.tolist() == [7500.0, 7500.0, 11250.0]
    assert found.catch_up_50.tolist() == [7500.0, 7500.0, 7500.0]


def test_a_run_that_starts_after_the_last_published_year():
    assert limits(2030, 1, 0.02).elective[0] == pytest.approx(24500.0 * 1.02**4, rel=1e-15)


def test_years_before_the_first_published_one_are_refused():
    with pytest.raises(law.NotEntered):
        limits(2014, 2, 0.0)


def test_no_years_give_empty_columns():
    assert all(np.size(column) == 0 for column in limits(2026, 0, 0.02)[:5])
