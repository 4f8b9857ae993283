"""A book of three linked groups, small enough to add up by eye."""

from pathlib import Path

from alts401k.ledger import Account, Books, Commodity, Fact, Transfer

DAY = "2025-01-02"
MORNING, NOON, EVENING = (f"{DAY}T{hour}:00:00Z" for hour in ("14", "17", "23"))
VCASH, PLANS = Account("VCASH", "", "2045"), Account("PLANS", "", "2045")
HELD, VISSUED = Account("HELD", "", "2045"), Account("VISSUED", "", "2045")
CASH, HOLD, ISSUED = Account("CASH", "index"), Account("HOLD", "index", "2045"), Account("ISSUED", "index")
ACCOUNTS = [(VCASH, "usd"), (PLANS, "usd"), (HELD, "vunit:2045"), (VISSUED, "vunit:2045"), (CASH, "usd"),
            (HOLD, "unit:index"), (ISSUED, "unit:index")]
COMMODITIES = [Commodity("usd", 2), Commodity("vunit:2045", 6), Commodity("unit:index", 6)]


def document(name: str = "trust", known_at: str = MORNING) -> Fact:
    """A document on file."""
    return Fact(DAY, known_at, "document", name, 0, 0, "ab" * 32, "custodian", "received by hand")


def price(subject: str, value: int, places: int, source: str = "strike", known_at: str = EVENING) -> Fact:
    """A struck price."""
    return Fact(DAY, known_at, "price", subject, value, places, "", source, "net assets over units")


def transfer(debit: Account, credit: Account, amount: int, flow: str = "CONTRIBUTE") -> Transfer:
    """A transfer citing the trust document."""
    return Transfer(debit, credit, amount, flow, "trust", "article 4")


def make(path: Path) -> Path:
    """1,000 dollars come in, buy 100 units of the sleeve; the sleeve and the vintage are struck at 10."""
    with Books.create(path) as books:
        with books.writing() as day:
            day.post(DAY, "open", "accounts", MORNING, commodities=COMMODITIES, accounts=ACCOUNTS, facts=[document()])
            day.post(DAY, "open", "opening", NOON, transfers=[
                transfer(VCASH, PLANS, 100_000), transfer(HELD, VISSUED, 100_000_000, "ISSUE"),
                transfer(CASH, VCASH, 100_000, "TRADE_FAST"), transfer(HOLD, ISSUED, 100_000_000, "UNITS_FAST")])
        with books.writing() as day:
            day.post(DAY, "price", "strike", EVENING, facts=[
                price("sleeve:index", 100_000_000_000, 10), price("vintage:2045", 100_000, 4)])
    return path
