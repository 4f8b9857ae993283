"""The commands about books: make the demonstration's, check them, write them as plain text."""

import os
import tempfile
from pathlib import Path
from typing import Any, NamedTuple

from alts401k.units import Problem, Problems

BOOKS, CSV, TABLE = "books.sqlite", "prices.csv", "days.txt"
FORMATS = ("beancount", "hledger")


class DemoResult(NamedTuple):
    """What the demonstration left: `.data` for programs (amounts are exact texts), `str()` for people, and where."""

    data: dict[str, Any]
    books_path: Path

    def __str__(self) -> str:
        d = self.data
        lines = [
            f"{d['family']}: {d['sessions']} sessions, {d['first']} to {d['last']}, on a {d['tape']}.",
            f"  {d['groups']} linked groups, {d['transfers']} transfers and {d['facts']} facts, every check passed.",
        ]
        for name, row in d["vintages"].items():
            lines.append(f"  vintage {name}: unit price {row['price']}, net assets {row['net_usd']} usd,"
                         f" {row['private_percent']} of it private, {row['regime']}")
        lines.append(f"  sessions on which vintages crossed private units: {d['crossing_days']},"
                     f" on which the gate held: {d['gate_days']}")
        lines += [f"  {event['session']}  {event['event']}" for event in d["events"]]
        lines.append(f"  head {d['head']}")
        lines += [f"books       {self.books_path}",
                  f"every day   {self.books_path.with_name(CSV)}, {self.books_path.with_name(TABLE)}"]
        return "\n".join(lines)


class VerifyResult(NamedTuple):
    """What was added up again: `.ok`, `.data` for programs, `str()` for people."""

    data: dict[str, Any]

    @property
    def ok(self) -> bool:
        """Whether every check passed."""
        return self.data["ok"]

    def __str__(self) -> str:
        lines = []
        for check in self.data["checks"]:
            lines.append(f"{'ok   ' if check['ok'] else 'WRONG'} {check['name']}: {check['scope']}")
            lines += [f"      {line}" for line in check["found"]]
        lines.append(f"head {self.data['head']}" if self.ok else "these books do not agree with themselves")
        return "\n".join(lines)


def operate_demo(out: Path | str) -> DemoResult:
    """Strike 63 sessions of the demonstration family into `out`/books.sqlite, prices.csv and days.txt.

    Either all three files appear or none. Raises Problems when there are books in `out` already.
    """
    from alts401k import formats
    from alts401k.ledger import Books
    from alts401k.operate import demo

    out = Path(out)
    _free(out)
    with tempfile.TemporaryDirectory(prefix=".alts401k-", dir=_existing(out)) as folder:
        work = Path(folder)
        with Books.create(work / BOOKS) as books:
            family = demo.open_books(books)
            for _ in demo.run(books, family):
                pass
            (work / CSV).write_text(formats.daily_csv(books), encoding="utf-8")
            (work / TABLE).write_text(formats.daily_table(books), encoding="utf-8")
            rows = list(formats.daily(books))
        report = operate_verify(work / BOOKS)
        if not report.ok:
            raise RuntimeError(f"the demonstration's own books do not agree:\n{report}")
        out.mkdir(parents=True, exist_ok=True)
        for name in (CSV, TABLE, BOOKS):
            os.replace(work / name, out / name)
    last = rows[-1]
    data = {
        "family": family.name, "tape": demo.TAPE, "sessions": len(rows), "first": rows[0].session, "last": last.session,
        "vintages": {row.name: {**{key: value for key, value in row._asdict().items() if key != "name"},
                                "private_percent": formats.percent(row.private_share)} for row in last.vintages},
        "crossing_days": sum(row.crossed_usd != "0.00" for row in rows), "gate_days": sum(row.gated for row in rows),
        "events": [{"session": row.session, "event": event} for row in rows for event in row.events
                   if event != demo.PAY_DAY],
        **{key: report.data[key] for key in ("groups", "transfers", "facts", "head")},
        "files": [BOOKS, CSV, TABLE],
    }
    return DemoResult(data, out / BOOKS)


def _free(out: Path) -> None:
    if out.exists() and not out.is_dir():
        raise Problems([Problem(str(out), None, "is a file, not a folder", "Name a folder for the books.")])
    if (out / BOOKS).exists():
        raise Problems([Problem(str(out / BOOKS), None, "there are books already, and books are never written over",
                                "Choose another folder.")])


def _existing(folder: Path) -> Path:
    # The work folder must be on the same file system, so that the files can be moved in at once.
    folder = folder.absolute()
    while not folder.is_dir():
        folder = folder.parent
    return folder


def operate_verify(books: Path | str) -> VerifyResult:
    """Add up every transfer of `books` again; raises Problems when there is no such file."""
    from alts401k.ledger import Refused, verify

    try:
        report = verify(books)
    except Refused as error:
        raise _problems(books, error) from None
    return VerifyResult({
        "ok": report.ok, "head": report.head, "groups": report.batches, "transfers": report.transfers,
        "facts": report.facts,
        "checks": [{"name": check.name, "ok": check.ok, "scope": check.scope, "found": list(check.found)}
                   for check in report.checks],
    })


def operate_export(books: Path | str, format: str) -> str:
    """The whole journal of `books` as text for "beancount" or "hledger"; raises Problems for anything else."""
    from alts401k import formats
    from alts401k.ledger import Books, Refused

    if format not in FORMATS:
        raise Problems([Problem(str(books), None, f"{format!r} is not a format of the export",
                                f"Choose {' or '.join(FORMATS)}.")])
    try:
        with Books.open(books) as opened:
            return "\n".join(getattr(formats, format)(opened)) + "\n"
    except Refused as error:
        raise _problems(books, error) from None


def _problems(books: Path | str, error: Exception) -> Problems:
    return Problems([Problem(str(books), None, str(error), "Name the books.sqlite of a fund.")])
