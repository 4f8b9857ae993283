"""The daily lines are what the books say, computed here a second time from the ledger's own balances."""

import csv
import io
from decimal import Decimal

import pytest

from alts401k.formats import daily, daily_csv, daily_table, percent
from alts401k.ledger import Account, Books


@pytest.fixture(scope="session")
def rows(demo):
    """Every line of the demonstration's prices.csv."""
    return list(csv.DictReader(io.StringIO((demo / "prices.csv").read_text(encoding="utf-8"))))


def test_one_line_a_session(demo, rows):
    """63 of them, in order, as the books give them again now."""
    assert len(rows) == 63 and [row["session"] for row in rows] == sorted({row["session"] for row in rows})
    with Books.open(demo / "books.sqlite") as books:
        assert daily_csv(books) == (demo / "prices.csv").read_text(encoding="utf-8")
        assert daily_table(books) == (demo / "days.txt").read_text(encoding="utf-8")


def test_net_assets_are_units_times_price(demo, rows):
    """The last line against balances and prices read straight from the ledger."""
    with Books.open(demo / "books.sqlite") as books:
        balances, last = books.balances(), rows[-1]
        price = {name: books.fact("price", f"sleeve:{name}", on="2025-12-31")
                 for name in ("private", "bitcoin", "index")}
    for vintage in ("2045", "2065"):
        held = {name: Decimal(balances[Account("HOLD", name, vintage)]) / 10**6 * fact.value / 10**10
                for name, fact in price.items()}
        cash = sum(balances[Account(name, "", vintage)] for name in ("VCASH", "VLINE", "VFEE_DUE", "PAYABLE"))
        net = sum(held.values()) + Decimal(cash) / 100
        assert abs(net - Decimal(last[f"{vintage} net_usd"])) <= Decimal("0.005")
        assert abs(held["private"] / net - Decimal(last[f"{vintage} private_share"])) <= Decimal("0.0000005")
        assert Decimal(last[f"{vintage} units"]) == Decimal(balances[Account("HELD", "", vintage)]) / 10**6


def test_flows_are_those_of_the_session(demo, rows):
    """What all lines say came in and went out is what plans' accounts say."""
    with Books.open(demo / "books.sqlite") as books:
        balances = books.balances()
    for vintage, opening in (("2045", 60_000_000), ("2065", 40_000_000)):
        moved = sum(Decimal(row[f"{vintage} contributed_usd"]) - Decimal(row[f"{vintage} redeemed_usd"])
                    for row in rows)
        assert opening + moved == -Decimal(balances[Account("PLANS", "", vintage)]) / 100


def test_gate_and_crossing_are_told(demo, rows):
    """A gate fills less than was asked, crossing is part of what was filled, and people read both."""
    gated = [row for row in rows if row["gated"] == "yes"]
    assert gated and all(Decimal(row["private filled_usd"]) < Decimal(row["private asked_usd"]) for row in gated)
    crossed = [row for row in rows if Decimal(row["private crossed_usd"])]
    assert crossed and all(Decimal(row["private crossed_usd"]) <= Decimal(row["private filled_usd"]) for row in crossed)
    table = (demo / "days.txt").read_text(encoding="utf-8")
    assert "- gate: of" in table and "- vintages cross" in table and max(map(len, table.splitlines())) <= 118


def test_books_without_a_dealt_session(tmp_path):
    """Nothing to tell, nothing told."""
    with Books.create(tmp_path / "books.sqlite") as books:
        assert list(daily(books)) == [] and daily_csv(books) == ""


def test_percent_is_half_even():
    """From six decimals to two of a percent."""
    assert [percent(text) for text in ("0.150050", "0.150150", "1.000000", "0.000000")] == [
        "15.00%", "15.02%", "100.00%", "0.00%"]
