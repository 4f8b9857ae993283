"""The Shapley average on games worked out by hand."""
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from alts401k.measure.shapley import batch_errors, shapley


def test_a_glove_game():
    """One left glove, two right ones; a pair is worth 1: 2/3 to the left, 1/6 to each right (Shapley 1953)."""
    worth = np.array([float(bool(s & 1) and bool(s & 6)) for s in range(8)])
    assert shapley(worth) == pytest.approx([2 / 3, 1 / 6, 1 / 6], abs=1e-15)


@settings(deadline=None, derandomize=True, max_examples=50)
@given(st.lists(st.floats(-1.0, 1.0), min_size=16, max_size=16))
def test_parts_add_up(worth):
    """Whatever the game."""
    game = np.array(worth)
    assert shapley(game).sum() == pytest.approx(game[-1] - game[0], abs=1e-12)


def test_a_player_who_adds_nothing_gets_nothing():
    """Player 1 changes no coalition's worth."""
    worth = np.array([0.0, 3.0, 0.0, 3.0])
    assert shapley(worth).tolist() == [3.0, 0.0]


def test_batches_are_taken_apart_alike():
    """A further axis is a game of its own; the error is that of their mean."""
    worth = np.array([[0.0, 0.0], [1.0, 3.0], [2.0, 2.0], [3.0, 5.0]])
    parts = shapley(worth)
    assert parts.tolist() == [[1.0, 3.0], [2.0, 2.0]]
    assert batch_errors(parts) == pytest.approx([1.0, 0.0])


def test_a_game_has_two_to_the_n_coalitions():
    """Anything else is refused."""
    with pytest.raises(ValueError, match="2\\*\\*n"):
        shapley(np.zeros(6))
