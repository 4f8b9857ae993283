"""Kernels made wrong on purpose: for each of them a check of these tests fails, and it is named."""

from collections.abc import Callable
from typing import NamedTuple

import pytest

from tests.step import checks, gate_histories, incentive, kits, transfers

DEAL, FUND, PRICE, CHART = "step/deal.py", "step/fund.py", "step/price.py", "chart/__init__.py"


def legs_of_a_family(kit: kits.Kit) -> None:
    """The table of legs of one family."""
    checks.legs(kit, (3, 4, 1, 4))


class Mutant(NamedTuple):
    """One edit or more of the kernels' text by file, and the check that must notice."""

    name: str
    edits: dict[str, tuple[tuple[str, str], ...]]
    notices: Callable[[kits.Kit], None]


MUTANTS = [
    Mutant("sleeve_gate_ignored",
           {DEAL: (("paid_out = min(rest_sells, gate_capacity(b, info, terms, when, s, shape))",
                    "paid_out = rest_sells"),)},
           gate_histories.sleeve_gate),
    Mutant("second_gate_ignored", {DEAL: (("max(0, min(one, min(two, liquid)))", "max(0, min(one, liquid))"),)},
           gate_histories.sleeve_gate),
    Mutant("cash_of_the_sleeve_ignored", {DEAL: (("max(0, min(one, min(two, liquid)))", "max(0, min(one, two))"),)},
           gate_histories.sleeve_gate),
    Mutant("window_never_forgets", {DEAL: (("slot] = paid_out - b[base_ring(shape) + PAID * L * K + s * K + slot]",
                                            "slot] = paid_out"),)},
           gate_histories.sleeve_gate),
    Mutant("block_gate_ignored", {FUND: (("max(0, min(min(due, left), min(one, two)))", "max(0, min(due, left))"),)},
           gate_histories.block_gate),
    Mutant("block_carries_what_is_unfilled", {FUND: (("out[f + slot] = -due", "out[f + slot] = -paid"),)},
           gate_histories.block_gate),
    Mutant("phi_after_pricing",
           {DEAL: (("out[f + 2 * V + v] = out[f + 2 * V + v] * phi", "phi = phi * 1"),
                   ("out[f + 3 * V + v] = asked * phi", "phi = phi * 1")),
            FUND: (("owed = -b[a + PAYABLE * V + v]", "owed = -(b[a + PAYABLE * V + v] * info[i + I_PHI * V + v])"),)},
           checks.limited_before_priced),
    Mutant("participants_not_limited",
           {DEAL: (("phi = max(0, asked - need) / asked", "phi = asked / asked"),)}, checks.limited_before_priced),
    Mutant("fee_on_new_net_assets",
           {PRICE: (("out[f + 3 * S + s] = max(0, net) * terms[T_FEE * S + s]",
                     "out[f + 3 * S + s] = max(0, net + out[f + s] + out[f + S + s]) * terms[T_FEE * S + s]"),)},
           checks.fee_base),
    Mutant("trustee_fee_on_units_at_the_new_price",
           {PRICE: (("out[f + v] = max(0, info[i + I_VNET * V + v]) * terms[t + T_VFEE * V + v]",
                     "out[f + v] = max(0, b[a + VCASH * V + v]) * terms[t + T_VFEE * V + v]"),)}, checks.fee_base),
    Mutant("issued_read_as_units",
           {PRICE: (("    GAIN,\n", "    GAIN,\n    ISSUED,\n"),
                    ("        if units > 0:\n            price[s] = net_sleeve",
                     "        units = -b[ISSUED * S + s]\n        if units > 0:\n            price[s] = net_sleeve"))},
           checks.contras_unread),
    Mutant("vissued_read_as_units",
           {PRICE: (("    VLINE,\n    at_value", "    VISSUED,\n    VLINE,\n    at_value"),
                    ("units = b[a + HELD * V + v]", "units = -b[a + VISSUED * V + v]"))}, checks.contras_unread),
    Mutant("legs_of_the_fee_swapped",
           {CHART: (('("FEE", "S", "RESULT", "FEE_DUE")', '("FEE", "S", "FEE_DUE", "RESULT")'),)}, legs_of_a_family),
    Mutant("legs_of_a_call_swapped", {CHART: (('("CALL_MEMO", "L", "COMMITTED", "UNFUNDED")',
                                               '("CALL_MEMO", "L", "UNFUNDED", "COMMITTED")'),)}, legs_of_a_family),
    Mutant("units_booked_as_dollars", {CHART: (('("UNITS_SLOW", "LV", "HOLD", "ISSUED")',
                                                '("UNITS_SLOW", "LV", "HOLD", "CASH")'),)}, checks.exact_sums),
    Mutant("exit_in_dollars",
           {DEAL: (("            if left <= 0 and beta <= -1:\n                units = -b[h + s * V + v]\n", ""),)},
           checks.emptied_fast_sleeve),
    Mutant("slow_exit_in_dollars", {DEAL: (("units = -(fill_sell * b[h + v])", "units = units * 1"),)},
           checks.exit_in_units),
    Mutant("empty_sleeve_priced",
           {PRICE: (("        if units > 0:\n            price[s] = net_sleeve(b, s, shape) / units",
                     "        price[s] = net_sleeve(b, s, shape) / max(1, units)"),)}, checks.emptied_fast_sleeve),
    Mutant("loss_forgiven_each_year",
           {FUND: (("crystallise * max(0, b[a + GAIN * L])", "crystallise * b[a + GAIN * L]"),)},
           incentive.high_water_mark),
    Mutant("accrual_never_given_back",
           {PRICE: (("out[g + L + s] = earned + b[a + CARRY_DUE * L + s]",
                     "out[g + L + s] = max(0, earned + b[a + CARRY_DUE * L + s])"),)}, incentive.high_water_mark),
    Mutant("hurdle_forgotten", {PRICE: (("over = above - (b[a + HURDLE * L + s] + hurdle)", "over = above"),)},
           incentive.closed_form),
    Mutant("subscriptions_count_as_gain",
           {FUND: (("out[f + 7 * L] = crystallise * max(0, b[a + GAIN * L])",
                    "out[f + 7 * L] = crystallise * max(0, b[a + GAIN * L]) - max(0, b[CASH * S + s])"),)},
           incentive.no_jump),
    Mutant("crossing_with_one_leg", {DEAL: (("            trade = fill_buy * q\n", "            trade = q * 0\n"),)},
           transfers.stale_crossing),
    Mutant("dealing_every_day",
           {DEAL: (("deals = when[W_HEAD + W_DEAL * L + s]", "deals = when[W_HEAD + W_HERE * L + s]"),)},
           checks.one_way_crossing),
    Mutant("forced_crossing_without_leave",
           {DEAL: (("if when[W_HEAD + W_CROSS * L + s] > 0 and asked > 0 and room", "if asked > 0 and room"),)},
           transfers.forced_crossing),
    Mutant("redeemed_at_the_last_price", {PRICE: (("price[S + v] = info[i + I_VNET * V + v] / units",
                                                   "price[S + v] = price[S + v]"),)}, checks.limited_before_priced),
    Mutant("leavers_paid_at_cost", {DEAL: (("asked = units * p\n", "asked = units\n"),)}, checks.limited_before_priced),
    Mutant("regime_eases_at_once", {FUND: (("if state[V + v] >= when[W_CLEAN]:", "if state[V + v] >= 1:"),)},
           checks.regime_eases_slowly),
    Mutant("cap_on_the_target_not_the_weight", {FUND: (("T_HARD_CAP * V + v] * DUST + 1) * nav",
                                                        "T_HARD_CAP * V + v] * DUST + 1) * nav * 2"),)},
           checks.denominator),
]


def test_every_mutant_has_its_own_name():
    """A name is a package, imported once."""
    assert len({mutant.name for mutant in MUTANTS}) == len(MUTANTS)


def test_an_edit_must_find_its_text(tmp_path):
    """Once exactly."""
    for old in ("no such line", "for v in range(V):"):
        with pytest.raises(ValueError, match="times"):
            kits.mutant(tmp_path, "mutant_unfound", {DEAL: ((old, "pass"),)})


@pytest.fixture
def bred(request, tmp_path):
    """A kit with a mutant's edits, dropped again afterwards."""
    name = f"mutant_{request.param.name}"
    yield kits.mutant(tmp_path, name, request.param.edits), request.param
    kits.forget(name)


@pytest.mark.parametrize("bred", MUTANTS, indirect=True, ids=lambda mutant: mutant.name)
def test_a_mutant_is_noticed(bred):
    """The check passes on the kernels as they are (elsewhere) and fails on these."""
    kit, mutant = bred
    with pytest.raises(AssertionError):
        mutant.notices(kit)


@pytest.mark.parametrize("bred", [Mutant("unchanged", {}, legs_of_a_family)], indirect=True, ids=["unchanged"])
def test_a_copy_without_an_edit_passes(bred):
    """So it is the edit that is noticed, not the copying."""
    kit, _ = bred
    for mutant in MUTANTS:
        mutant.notices(kit)
