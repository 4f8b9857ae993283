"""Hard months in exact books: whatever happens, everything adds up and nothing is spent twice."""

import pytest
from scene import totals
from stress import FAMILY, run

from alts401k.ledger import verify

SEEDS = (0, 53, 328)


@pytest.fixture(scope="module", params=SEEDS)
def month(request, tmp_path_factory):
    """27 days of one seed: the path, open books and what each day told."""
    path = tmp_path_factory.mktemp("stress") / "books.sqlite"
    books, told, _ = run(path, request.param, 27)
    yield path, books, told
    books.close()


def test_the_books_verify(month):
    """No negative cash or holding after any half day, every price computed again, every balance the fold."""
    assert verify(month[0]).ok


def test_every_commodity_sums_to_zero_after_each_phase(month):
    """All eleven of them, after each of some 300 linked groups."""
    _, books, _ = month
    groups = list(totals(books))
    assert len(groups) > 27 * 11
    assert all(not any(sums.values()) for _, sums in groups)


def test_a_vintages_cash_is_spent_to_the_cent(month):
    """After the fast sleeves cash, money owed and fees due are exactly 0, or all that could be sold was."""
    _, books, _ = month
    held: dict = {}
    exact = 0
    for batch in books.batches():
        held |= {account: 0 for account, _ in batch.accounts}
        for t in batch.transfers:
            held[t.debit] += t.amount
            held[t.credit] -= t.amount
        if batch.phase != "fast":
            continue
        for vintage in FAMILY.vintages:
            cash = sum(amount for account, amount in held.items() if account.vintage == vintage
                       and account.family in ("VCASH", "PAYABLE", "VFEE_DUE"))
            line = sum(amount for account, amount in held.items() if account.vintage == vintage
                       and account.family == "VLINE")
            fast = sum(amount for account, amount in held.items() if account.vintage == vintage
                       and account.family == "HOLD" and account.sleeve in FAMILY.sleeves[FAMILY.n_slow:])
            exact += cash in (0, -line)
            assert cash in (0, -line) or fast == 0
    assert exact > 50


def test_the_seeds_reach_every_corner(month):
    """Participants cut, sleeves and blocks gated, forced crossings: the month is hard enough to mean something."""
    _, _, told = month
    gates = [any(day.gated[kind] for day in told) for kind in range(3)]
    regimes = {regime for day in told for regime in day.regimes}
    assert sum(gates) >= 2 and {"RED", "SUSPENDED"} <= regimes


def test_some_seed_forces_a_crossing(tmp_path):
    """Leavers are paid by crossing private units to another vintage: both legs, and the sleeve issues nothing."""
    books, _, _ = run(tmp_path / "books.sqlite", SEEDS[0], 27)
    forced = [batch for batch in books.batches() if batch.phase == "forced crossing" and batch.transfers]
    assert forced
    for batch in forced:
        for sleeve in FAMILY.sleeves[:FAMILY.n_slow]:
            for name in ("CASH", "ISSUED"):
                moved = sum(t.amount * ((t.debit.family == name) - (t.credit.family == name)) for t in batch.transfers
                            if sleeve in (t.debit.sleeve, t.credit.sleeve))
                assert moved == 0
    books.close()
