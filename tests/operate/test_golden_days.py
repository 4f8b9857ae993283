"""Whole days worked by hand (tests/golden/*.day), run in real books: every flow and every balance, and no other.

A swapped leg passes each test that compares the step with itself; it does not pass these.
"""

from decimal import Decimal
from pathlib import Path

import pytest
from scene import Vectors, cite, open_scene, session, signed_flows

from alts401k import chart
from alts401k.ledger import Account, verify
from alts401k.operate import driver
from alts401k.operate.driver import Family, layout
from alts401k.units import to_quanta

DAYS = sorted((Path(__file__).parents[1] / "golden").glob("*.day"))


def sections(text: str) -> dict[str, list[list[str]]]:
    """The words of each line under each heading; # begins a comment."""
    found: dict[str, list[list[str]]] = {}
    for line in text.splitlines():
        words = line.partition("#")[0].split()
        if words and not line.startswith(" "):
            rows = found.setdefault(words[0], [])
        elif words:
            rows.append(words)
    assert set(found) == {"family", "ante", "facts", "flows", "ex"}
    return found


def family_of(rows: list[list[str]]) -> Family:
    """The family of a day; a * marks a slow sleeve."""
    said = {words[0]: words[1:] for words in rows}
    sleeves = [name.rstrip("*") for name in said["sleeves"]]
    places = [int(number) for number in said["places"]]
    return Family("golden", tuple(sleeves), sum("*" in name for name in said["sleeves"]), tuple(said["vintages"]),
                  int(said["slots"][0]), (places[0],) * len(sleeves), places[1])


def owner_of(family: Family, words: list[str]) -> tuple[str, str, int]:
    """Sleeve, vintage and slot that the words between a name and its number mean."""
    sleeve = next((word for word in words if word in family.sleeves), "")
    vintage = next((word for word in words if word in family.vintages), "")
    slot = next((int(word) for word in words if word.isdigit()), -1)
    assert len(words) == bool(sleeve) + bool(vintage) + (slot >= 0), words
    return sleeve, vintage, slot


def balances_of(family: Family, rows: list[list[str]]) -> dict[Account, int]:
    """The balances of a section in quanta."""
    places = dict(zip(layout(family).accounts, layout(family).places, strict=True))
    accounts = {Account(words[0], *owner_of(family, words[1:-1])): Decimal(words[-1]) for words in rows
                if words[0] not in ("price", "regime")}
    return {account: to_quanta(amount, places[account]) for account, amount in accounts.items()}


def told(rows: list[list[str]], kind: str) -> dict[str, str]:
    """The price or regime that a section gives each owner."""
    return {words[1]: words[2] for words in rows if words[0] == kind}


def flows_of(family: Family, rows: list[list[str]]) -> dict[tuple[str, Account, Account], int]:
    """The flows of a section in quanta, with the accounts that the chart gives them."""
    place = layout(family)
    table = {}
    for f, flow in enumerate(chart.flows(place.shape)):
        sleeve = family.sleeves[flow.sleeve] if flow.sleeve >= 0 else ""
        vintage = family.vintages[flow.vintage] if flow.vintage >= 0 else ""
        table[flow.name, sleeve, vintage, flow.slot] = f
    found = {}
    for words in rows:
        f = table[(words[0], *owner_of(family, words[1:-1]))]
        key = (words[0], place.accounts[place.debit[f]], place.accounts[place.credit[f]])
        found[key] = to_quanta(Decimal(words[-1]), place.flow_places[f])
    return found


@pytest.mark.parametrize("path", DAYS, ids=lambda path: path.stem)
def test_a_day_worked_by_hand(path, tmp_path):
    """Both halves of the day, posted to a ledger and read back from it."""
    day = sections(path.read_text(encoding="utf-8"))
    family = family_of(day["family"])
    x = Vectors(family)
    for words in day["facts"]:
        sleeve, vintage, slot = owner_of(family, [word for word in words[1:-1] if word != "all"])
        x.set(words[0], sleeve or vintage, Decimal(words[-1]), slot, vintage)
    ante, ex = balances_of(family, day["ante"]), balances_of(family, day["ex"])
    prices = told(day["ante"], "price")
    books = open_scene(tmp_path / "books.sqlite", family, ante,
                       [Decimal(prices[name]) for name in (*family.sleeves, *family.vintages)])
    with books:
        assert {a: q for a, q in books.balances().items() if q} == {a: q for a, q in ante.items() if q}
        on, evening, morning = session(1)
        driver.price(books, family, on, evening, facts=[], resolve=x.resolve(), cite=cite)
        driver.deal(books, family, on, morning, facts=[], resolve=x.resolve(), cite=cite)
        assert signed_flows(books, "price", on) | signed_flows(books, "deal", on) == flows_of(family, day["flows"])
        assert {a: q for a, q in books.balances().items() if q} == ex
        for kind, places in (("sleeve", family.sleeve_places[0]), ("vintage", family.vintage_places)):
            for name in family.sleeves if kind == "sleeve" else family.vintages:
                fact = books.fact("price", f"{kind}:{name}", on=on)
                assert Decimal(fact.value).scaleb(-places) == Decimal(told(day["ex"], "price")[name])
        for name, regime in told(day["ex"], "regime").items():
            assert books.fact("regime", f"vintage:{name}", on=on).text == regime
    assert verify(tmp_path / "books.sqlite").ok


def test_there_are_days_to_work():
    """A quiet one, a crossing, a gate and a late call at least."""
    assert {"quiet", "crossing", "gate", "late-call", "struck"} <= {path.stem for path in DAYS}


@pytest.mark.parametrize("path", DAYS, ids=lambda path: path.stem)
def test_the_hand_added_up(path):
    """What the hand wrote before and after sums to zero in each commodity, and its flows lead from one to the other."""
    day = sections(path.read_text(encoding="utf-8"))
    family = family_of(day["family"])
    held = dict(zip(layout(family).accounts, layout(family).commodities, strict=True))
    ante, ex = balances_of(family, day["ante"]), balances_of(family, day["ex"])
    for balances in (ante, ex):
        sums: dict[str, int] = {}
        for account, quanta in balances.items():
            sums[held[account]] = sums.get(held[account], 0) + quanta
        assert not any(sums.values()), sums
    for (_, debit, credit), quanta in flows_of(family, day["flows"]).items():
        ante[debit] = ante.get(debit, 0) + quanta
        ante[credit] = ante.get(credit, 0) - quanta
    assert {a: q for a, q in ante.items() if q} == ex
