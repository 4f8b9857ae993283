"""Days of the demonstration, read as a fund accountant would: prices, marks, calls, gates, crossing, citations."""

import ast
import signal
import subprocess
import sys
import time
from datetime import date
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import pytest
from scene import totals

import alts401k.operate
from alts401k.formats import daily
from alts401k.ledger import Account, Books, Refused, verify
from alts401k.operate import demo, driver
from alts401k.operate.driver import Cited
from alts401k.operate.period import Day, deal_at, decimal_of, family_of, overdue, resolve, strike_at
from alts401k.terms.periods import targets
from alts401k.units import Problems
from alts401k.verbs.operate import operate_demo, operate_verify

ARRIVES = demo.days()[demo.MARK_ARRIVES]


def batches(books: Books, session: date, half: str, phase: str):
    """The linked groups of one phase of one session."""
    return [batch for batch in books.batches()
            if (batch.session, batch.half, batch.phase) == (session.isoformat(), half, phase)]


def test_the_books_verify(demo_books):
    """Every check of the ledger, on the finished quarter."""
    report = verify(demo_books.path)
    assert report.ok and report.transfers > 1500


def test_every_commodity_sums_to_zero_after_each_phase(demo_books):
    """All of them, after each of the quarter's linked groups."""
    groups = list(totals(demo_books))
    assert len(groups) == 2 + 63 * 12 and all(not any(sums.values()) for _, sums in groups)


def test_cash_of_a_vintage_is_never_negative(demo_books):
    """At every close, and exactly the fee that is due: nothing lies idle and nothing is owed."""
    ends = [batch.id for batch in demo_books.batches() if batch.phase == "regime"]
    assert len(ends) == 63
    for number in ends:
        balances = demo_books.balances(batch=number)
        for vintage in ("2045", "2065"):
            cash, fee, owed = (balances[Account(name, "", vintage)] for name in ("VCASH", "VFEE_DUE", "PAYABLE"))
            assert cash >= 0 and cash + fee == 0 and owed == 0


def test_a_late_mark_is_adopted_and_rewrites_nothing(demo_books):
    """Known on 24 February, it moves that day's price; every price before was and stays struck without it."""
    marks = demo_books.facts("mark", "private")
    assert [(mark.effective_on, mark.value) for mark in marks] == [("2024-09-30", 10**8), ("2024-12-31", 103_800_000)]
    moved = [batch.session for batch in demo_books.batches() for t in batch.transfers if t.flow == "MARK_ILLIQUID"]
    assert moved == [ARRIVES.session.isoformat()]
    prices = {fact.effective_on: Decimal(fact.value).scaleb(-10)
              for fact in demo_books.facts("price", "sleeve:private")}
    days = sorted(prices)
    jump = {after: prices[after] / prices[before] - 1 for before, after in pairwise(days)}
    assert [day for day, change in jump.items() if abs(change) > Decimal("0.001")] == [ARRIVES.session.isoformat()]
    assert Decimal("0.030") < jump[ARRIVES.session.isoformat()] < Decimal("0.0324")
    # 2024-12-31 lies before every session: had the mark been backdated, all prices would be other prices.
    before = demo_books.fact("mark", "private", on=ARRIVES.before.isoformat(), known_by=strike_at(ARRIVES.before))
    assert before == marks[0]


def test_no_crossing_while_a_mark_is_overdue(demo_books):
    """From the session after it was due until the strike that has it."""
    days = [day for day in demo.days() if overdue(demo_books, "private", day)]
    assert days == list(demo.days()[demo.MARK_DUE:demo.MARK_ARRIVES])
    crossed = [row.session for row in daily(demo_books) if row.crossed_usd != "0.00"]
    assert crossed and not {day.session.isoformat() for day in days} & set(crossed)


def test_vintages_cross_both_legs_and_issue_nothing(demo_books):
    """Between dealing dates every trade in the private sleeve is a crossing: dollars and units sum to zero."""
    seen = 0
    for batch in demo_books.batches():
        day = next((d for d in demo.days() if d.session.isoformat() == batch.session), None)
        if batch.phase != "slow" or day is None or day.ends_month:
            continue
        sides = {name: sum(t.amount * ((t.debit.family == name) - (t.credit.family == name)) for t in batch.transfers)
                 for name in ("CASH", "ISSUED")}
        assert sides == {"CASH": 0, "ISSUED": 0}
        seen += bool(batch.transfers)
    assert seen


def test_the_gate_holds_at_two_percent(demo_books):
    """At the end of February more is asked than 2% of the sleeve's opening net assets, and that much is paid."""
    row = next(row for row in daily(demo_books) if row.session == "2025-02-28")
    opened = demo_books.fact("opening_net_assets", "sleeve:private", on="2025-02-28")
    paid = Decimal(row.filled_usd) - Decimal(row.crossed_usd)
    assert row.gated and Decimal(row.asked_usd) > Decimal(row.filled_usd)
    assert paid == (Decimal(opened.value) * Decimal("0.0002")).quantize(Decimal("0.01"))


def test_the_capital_call(demo_books):
    """Noticed on 4 March, paid on the 18th to the cent from liquid holdings, neutral to the price."""
    due = demo.days()[demo.CALL_DUE]
    call = demo_books.facts("capital_call", "private")
    assert [(fact.effective_on, fact.known_at[:10], fact.value) for fact in call] == [
        ("2025-03-18", "2025-03-04", 61_250_000)]
    funding = batches(demo_books, due.session, "deal", "fund_sleeves")[0]
    paid = {t.flow: t for t in funding.transfers if t.flow in ("CALL", "CALL_MEMO", "PAY_CALL")}
    assert [paid[name].amount for name in ("CALL", "CALL_MEMO", "PAY_CALL")] == [61_250_000] * 3
    assert {t.document for t in paid.values()} == {"call notice 1"}
    assert any(t.flow == "BUY" and t.credit == Account("LIQUID", "private") for t in funding.transfers)
    assert demo_books.balances()[Account("UNFUNDED", "private")] == 600_000_000 - 61_250_000


@pytest.mark.parametrize(("number", "days"), [(1, 1), (2, 3), (5, 2), (11, 4)])
def test_a_fee_is_for_the_calendar_days_since_the_last_strike(demo_books, number, days):
    """Friday, a weekend, the day of mourning, a long weekend: opening net assets x 0.03% x days / 365, to the cent."""
    day = demo.days()[number]
    assert (day.session - day.before).days == days
    opened = demo_books.fact("opening_net_assets", "sleeve:index", on=day.session.isoformat()).value
    fee = next(t.amount for t in batches(demo_books, day.session, "price", "value_sleeves")[0].transfers
               if t.flow == "FEE" and t.credit.sleeve == "index")
    assert fee == round(Fraction(opened * 3 * days, 10_000 * 365))


def test_a_ledger_that_differs_from_the_step_stops_the_half_day(demo_books):
    """One quantum of one account is enough."""
    family = family_of(demo.fund())
    now = driver.read_state(demo_books, family, "2025-04-03")
    driver._agree(demo_books, family, now)
    now.b[7] += Decimal("0.01")
    with pytest.raises(Refused, match="quanta in the ledger"):
        driver._agree(demo_books, family, now)


def test_prices_are_known_before_orders(demo_books):
    """Nothing of a session's orders is on the books when its price is struck, in winter and in summer time."""
    for day in demo.days():
        price, deal = strike_at(day.session), deal_at(day)
        assert price < deal
        orders = demo_books.facts("contribution", on=day.session.isoformat())
        assert orders and not demo_books.facts("contribution", on=day.session.isoformat(), known_by=price)
    assert strike_at(date(2025, 3, 7)).endswith("T23:00:00Z") and strike_at(date(2025, 3, 10)).endswith("T22:00:00Z")


def test_every_flow_cites_what_it_comes_from(demo_books):
    """Prices, statements, notices, orders and the fund's terms, each on file with its hash before it is cited."""
    cites: dict[str, set[str]] = {}
    for batch in demo_books.batches():
        for t in batch.transfers:
            cites.setdefault(t.flow, set()).add(t.document.split(" 2")[0] if t.document[-1].isdigit() else t.document)
    assert cites["MARK_LIQUID"] == {"prices"} and cites["MARK_ILLIQUID"] == {"statement"}
    assert cites["REDEEM"] == {"orders"} and cites["FEE"] == {"fund terms"}
    assert all(len(fact.text) == 64 for fact in demo_books.facts("document"))
    assert [fact.text for fact in demo_books.facts("terms")] == [demo.fund_text()]


def test_a_replay_from_finished_books_has_the_same_head(demo_books, tmp_path):
    """Every session resolved again from what is on the books, stepped again, posted again: the same hashes."""
    kept = list(demo_books.batches())
    observed = {(batch.session, batch.half): batch for batch in kept if batch.phase in ("observed", "orders")}
    cited = {(batch.session, batch.half, t.flow): Cited(t.document, t.rule) for batch in kept for t in batch.transfers}
    with Books.create(tmp_path / "again.sqlite") as again:
        family = demo.open_books(again)
        for day in demo.days():
            session = day.session.isoformat()
            for step, half, at in ((driver.price, "price", strike_at(day.session)),
                                   (driver.deal, "deal", deal_at(day))):
                step(again, family, session, at, facts=observed[session, half].facts,
                     resolve=lambda day=day: resolve(demo_books, demo.fund(), day),
                     cite=lambda flow, session=session, half=half: cited[session, half, flow])
        assert again.head() == demo_books.head()


@pytest.mark.parametrize(("half", "number"), [("price", 0), ("deal", 1), ("price", -1)])
def test_half_days_come_in_order(demo_books, tmp_path, half, number):
    """No day is priced twice, none is dealt before it is priced or twice, none comes after a later one."""
    def period():
        raise AssertionError("a half day out of order must not get as far as its facts")

    with Books.open(_copy(demo_books, tmp_path), read_only=False) as books:
        before = books.head()
        session = (demo.days()[number].session if number <= 0 else demo.days()[-1].session).isoformat()
        with pytest.raises(Refused, match="cannot be"):
            getattr(driver, half)(books, family_of(demo.fund()), session, "2025-12-31T00:00:00Z", facts=[],
                                  resolve=period, cite=lambda flow: Cited("fund terms", "none"))
        assert books.head() == before


def test_a_missing_price_keeps_nothing(demo_books, tmp_path):
    """A day whose facts do not suffice leaves the books as they were, and a later try can succeed."""
    family, day = family_of(demo.fund()), Day(date(2025, 4, 3), date(2025, 4, 4), date(2025, 4, 7))
    with Books.open(_copy(demo_books, tmp_path), read_only=False) as books:
        before = books.head()

        def strike(fails: bool) -> None:
            def period():
                if fails:
                    raise Refused("no quote of bitcoin is on the books for 2025-04-04")
                return resolve(books, demo.fund(), day)

            driver.price(books, family, "2025-04-04", strike_at(day.session), facts=[], resolve=period,
                         cite=lambda flow: Cited("fund terms", "article"))

        with pytest.raises(Refused, match="no quote"):
            strike(fails=True)
        assert books.head() == before and books.last() == ("2025-04-03", "deal")
        strike(fails=False)
        assert books.last() == ("2025-04-04", "price")
    with Books.create(tmp_path / "empty.sqlite") as books, pytest.raises(Refused, match="on the books for"):
        resolve(books, demo.fund(), day)


def _copy(books: Books, folder: Path) -> Path:
    path = folder / "copy.sqlite"
    path.write_bytes(books.path.read_bytes())
    return path


def test_targets_follow_the_glide_path():
    """At a column, half way between two, and flat outside."""
    distances = ("45", "50", "32.5", "20", "10", "0", "-3")
    weights = {years: targets(demo.fund(), Decimal(years), decimal_of) for years in distances}
    assert weights["50"] == weights["45"] and weights["-3"] == weights["0"]
    assert weights["32.5"]["bitcoin"] == Decimal("0.025") and weights["10"]["private"] == Decimal("0.10")
    assert weights["20"]["index"] == Decimal("0.83") and all(sum(row.values()) == 1 for row in weights.values())


def test_the_demonstration_is_the_same_everywhere(demo_books, tmp_path):
    """The command leaves the same head as the library did, and says that its tape is no market's."""
    result = operate_demo(tmp_path / "a" / "new" / "folder")
    assert result.data["head"] == demo_books.head()[1]
    assert sorted(path.name for path in (tmp_path / "a" / "new" / "folder").iterdir()) == [
        "books.sqlite", "days.txt", "prices.csv"]
    assert "not market prices" in str(result) and len(str(result).splitlines()) <= 24
    assert operate_verify(result.books_path).ok
    with pytest.raises(Problems, match="never written over"):
        operate_demo(tmp_path / "a" / "new" / "folder")
    with pytest.raises(Problems, match="a file, not a folder"):
        operate_demo(result.books_path)


def test_an_interrupted_demonstration_leaves_nothing(tmp_path):
    """Stopped in the middle of the quarter: no folder, no file, no work folder."""
    program = "import sys; from alts401k.verbs.operate import operate_demo; operate_demo(sys.argv[1])"
    process = subprocess.Popen([sys.executable, "-c", program, str(tmp_path / "out")], stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 30
    while not list(tmp_path.glob(".alts401k-*/books.sqlite")) and time.monotonic() < deadline:
        time.sleep(0.01)
    time.sleep(0.2)
    process.send_signal(signal.SIGINT)
    assert process.wait(30) != 0
    assert list(tmp_path.iterdir()) == []


def test_verification_in_words(demo_books, tmp_path):
    """A sound book ends with its head, a damaged one says where, a missing one is a problem."""
    assert str(operate_verify(demo_books.path)).splitlines()[-1] == f"head {demo_books.head()[1]}"
    damaged = _copy(demo_books, tmp_path)
    content = bytearray(damaged.read_bytes())
    content[content.index(b"closing values")] ^= 1
    damaged.write_bytes(content)
    result = operate_verify(damaged)
    assert not result.ok and "WRONG chain" in str(result) and "do not agree" in str(result)
    with pytest.raises(Problems, match="there are no books"):
        operate_verify(tmp_path / "none.sqlite")


def test_operate_never_imports_the_simulation():
    """Nor floats: the room's sources hold no float literal."""
    for source in sorted(Path(alts401k.operate.__file__).parent.glob("*.py")):
        tree = ast.parse(source.read_text(encoding="utf-8"))
        assert not [node.lineno for node in ast.walk(tree)
                    if isinstance(node, ast.Constant) and isinstance(node.value, float)]
