"""Two independent programs read the whole journal and agree with every balance, or say where they do not."""

import re

import pytest

from alts401k.formats import beancount, hledger
from alts401k.ledger import Account, Books, Commodity, Fact, Transfer
from alts401k.units import Problems
from alts401k.verbs.operate import operate_export

KNOWN = "2025-01-02T14:00:00Z"


@pytest.fixture(scope="session")
def texts(demo):
    """Both exports of the demonstration."""
    return {name: operate_export(demo / "books.sqlite", name) for name in ("beancount", "hledger")}


def test_bean_check_passes(texts, bean_check):
    """63 sessions, every transaction balanced, every account at the balance of the books."""
    assert bean_check(texts["beancount"]) == (0, "")


def test_hledger_check_passes(texts, hledger_check):
    """Strictly: every account and commodity declared, every transaction balanced, every assertion true."""
    assert hledger_check(texts["hledger"]) == (0, "")


def test_every_transfer_is_exported(demo, texts):
    """Two legs each, so the auditors judged the whole book."""
    with Books.open(demo / "books.sqlite") as books:
        count = sum(len(batch.transfers) for batch in books.batches())
        accounts = len(books.accounts())
        head = books.head()[1]
    assert count > 1500
    leg = re.compile(r"^ +(?:Assets|Equity|Liabilities):\S+  -?\d", re.MULTILINE)
    assert len(leg.findall(texts["beancount"])) == 2 * count
    assert len(leg.findall(texts["hledger"])) == 2 * count + accounts
    assert all(head in text for text in texts.values())


def _nth_amount(text: str, pattern: str, number: int) -> tuple[int, int]:
    return list(re.finditer(pattern, text))[number].span(1)


@pytest.mark.parametrize("number", [0, 777, 1500])
def test_bean_check_refuses_a_changed_cent(texts, bean_check, number):
    """One digit of one leg."""
    text = texts["beancount"]
    start, end = _nth_amount(text, r"  -?\d+\.\d(\d) USD\n", number)
    code, said = bean_check(text[:start] + str((int(text[start:end]) + 1) % 10) + text[end:])
    assert code == 1 and "Transaction does not balance" in said


@pytest.mark.parametrize("commodity", ["USD", "UNIT-INDEX", "VUNIT-2065"])
def test_bean_check_refuses_a_wrong_balance(texts, bean_check, commodity):
    """The last digit of one assertion: beancount's usual tolerance would let it pass."""
    text = texts["beancount"]
    start, end = _nth_amount(text, rf" balance .*[1-9]\d*\.\d*(\d) ~ 0 {commodity}\n", 0)
    code, said = bean_check(text[:start] + str((int(text[start:end]) + 1) % 10) + text[end:])
    assert code == 1 and said.count("Balance failed") == 1


def test_bean_check_refuses_a_missing_group(texts, bean_check):
    """A whole balanced transaction taken out is seen by the assertions at the end."""
    groups = texts["beancount"].split("\n\n")
    del groups[len(groups) // 2]
    code, said = bean_check("\n\n".join(groups))
    assert code == 1 and "Balance failed" in said


def test_hledger_refuses_a_changed_cent_and_a_wrong_balance(texts, hledger_check):
    """The same two for the other program."""
    text = texts["hledger"]
    for pattern, message in ((r"    \S+  -?\d+\.\d(\d) USD\n", "balance"), (r" = -?\d+\.\d(\d) USD\n", "assertion")):
        start, end = _nth_amount(text, pattern, 3)
        code, said = hledger_check(text[:start] + str((int(text[start:end]) + 1) % 10) + text[end:])
        assert code == 1 and message in said


def _awkward(path) -> Books:
    """Names that neither grammar takes as they are, two of them alike in its alphabet, and a rule full of signs."""
    names = ["us_equity", "us-equity", "9 lives; \"x\"", "a" * 40, "a" * 41]
    books = Books.create(path)
    with books.writing() as day:
        day.post("2025-01-02", "open", "all; \"of\" it | at once", KNOWN,
                 commodities=[Commodity("usd", 2), *(Commodity(f"unit:{name}", 6) for name in names)],
                 accounts=[*((Account("HOLD", name, "20,45"), f"unit:{name}") for name in names),
                           *((Account("ISSUED", name), f"unit:{name}") for name in names)],
                 facts=[Fact("2025-01-02", KNOWN, "document", "trust", 0, 0, "ab" * 32, "x", "x"),
                        Fact("2025-01-02", KNOWN, "price", "sleeve:us_equity", 12345, 3, "", "opening", "x")],
                 transfers=[Transfer(Account("HOLD", name, "20,45"), Account("ISSUED", name), 1 + n, "UNITS", "trust",
                                     'art. "4", \\ (c)\nnext: line; tag')
                            for n, name in enumerate(names)])
    return books


def test_any_name_fits_both_grammars(tmp_path, bean_check, hledger_check):
    """Every account and commodity keeps a name of its own, and both programs accept it."""
    with _awkward(tmp_path / "books.sqlite") as books:
        one, two = "\n".join(beancount(books)) + "\n", "\n".join(hledger(books)) + "\n"
    assert len(set(re.findall(r"open (\S+:\S+)", one))) == 10
    codes = re.findall(r"commodity (\S+)\n", one)
    assert len(set(codes)) == 6 and all(re.fullmatch(r"[A-Z][A-Z0-9-]{0,22}[A-Z0-9]", code) for code in codes)
    assert bean_check(one) == (0, "") and hledger_check(two) == (0, "")


def test_the_same_books_give_the_same_text(demo, texts):
    """Byte for byte."""
    assert operate_export(demo / "books.sqlite", "beancount") == texts["beancount"]


def test_what_cannot_be_exported(tmp_path, demo):
    """Another format, a missing file, a file of another kind: said with the file's name."""
    with pytest.raises(Problems, match="not a format"):
        operate_export(demo / "books.sqlite", "ledger")
    with pytest.raises(Problems, match="there are no books at"):
        operate_export(tmp_path / "none.sqlite", "hledger")
    (tmp_path / "text").write_text("no books", encoding="utf-8")
    with pytest.raises(Problems, match="text"):
        operate_export(tmp_path / "text", "hledger")


def test_empty_books_have_an_empty_journal(tmp_path, bean_check, hledger_check):
    """Nothing was posted, so nothing can be wrong."""
    with Books.create(tmp_path / "books.sqlite") as books:
        one, two = "\n".join(beancount(books)) + "\n", "\n".join(hledger(books)) + "\n"
    assert bean_check(one) == (0, "") and hledger_check(two) == (0, "")
