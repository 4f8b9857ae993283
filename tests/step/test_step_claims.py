"""What the step promises, claim by claim, in random and in worked scenes."""

import pytest

from tests.step import checks, gate_histories, transfers
from tests.step.kits import real

CLAIMS = [
    checks.exact_sums, checks.fee_base, checks.contras_unread, checks.limited_before_priced, checks.denominator,
    checks.emptied_fast_sleeve, checks.emptied_slow_sleeve, checks.exit_in_units, checks.regime_eases_slowly,
    checks.one_way_crossing,
    gate_histories.sleeve_gate, gate_histories.block_gate,
    transfers.leavers_and_stayers, transfers.stale_crossing, transfers.forced_crossing,
]


@pytest.mark.parametrize("claim", CLAIMS, ids=lambda claim: claim.__name__)
def test_claim(claim):
    """Each says in its own words what must hold."""
    claim(real())
