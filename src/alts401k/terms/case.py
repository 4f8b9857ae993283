"""Read a case folder: every document and census validated together, every problem reported at once."""

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from alts401k.terms import census, checks, scenarios, series, wording
from alts401k.terms.assumptions import Assumptions
from alts401k.terms.census import Person
from alts401k.terms.checks import Finding, array, dotted, table, tables
from alts401k.terms.fund import Fund
from alts401k.terms.plan import Plan
from alts401k.terms.scenarios import Scenarios
from alts401k.terms.series import Series
from alts401k.terms.toml_lines import line_of, locate
from alts401k.units import Problem, Problems

FILES = ("fund.toml", "baseline.toml", "plan.toml", "assumptions.toml")
ALTERNATIVES = "alternatives"
LARGEST_DOCUMENT = 2_000_000
NEW_CASE = "The new command writes a complete case to start from"
_AT_LINE = re.compile(r" \(at (?:line (\d+), column \d+|end of document)\)$")


@dataclass(frozen=True)
class Case:
    """A validated case: its documents; its census, series and scenarios if any; the SHA-256 of each file read."""

    folder_name: str
    fund: Fund
    baseline: Fund
    alternatives: tuple[tuple[str, Fund], ...]
    plan: Plan
    assumptions: Assumptions
    census: tuple[Person, ...] | None
    files: tuple[tuple[str, str], ...]
    series: Series | None = None
    scenarios: Scenarios | None = None


class _Document(NamedTuple):
    tree: dict[str, Any]
    lines: dict[checks.Path, int]


def load_case(
    folder: Path, *, populations: frozenset[str], assets: frozenset[str], sets: frozenset[str]
) -> Case:
    """The case in a folder; raises Problems holding everything wrong in all of its files.

    `populations`, `assets` and `sets` are the names that the world ships. Nothing is written.
    """
    return _Reader(Path(folder), populations, assets, sets).case()


class _Reader:
    def __init__(
        self, folder: Path, populations: frozenset[str], assets: frozenset[str], sets: frozenset[str]
    ):
        self.folder = folder
        self.populations = populations
        self.assets = assets
        self.sets = sets
        self.found: list[Problem] = []
        self.hashes: dict[str, str] = {}
        self.order: list[str] = []

    def case(self) -> Case:
        if not self.folder.is_dir():
            wrong = "is not a folder" if self.folder.exists() else "does not exist"
            raise Problems([Problem(str(self.folder), None, f"this case folder {wrong}", NEW_CASE)])
        names = self.alternative_names()
        documents = {name: self.document(name) for name in (*FILES[:2], *names, *FILES[2:])}
        self.unexpected_files()
        known = self.known_assets(documents["assumptions.toml"])
        funds: dict[str, Any] = {}
        for name in (*FILES[:2], *names):
            funds[name] = self.validated(name, documents[name], Fund, checks.fund)
            self.report(name, documents[name], _unknown_assets(documents[name], known))
        self.alternatives(names, documents)
        plan = self.plan(documents["plan.toml"])
        assumptions = self.assumptions(documents["assumptions.toml"], known)
        people = self.census(documents["plan.toml"])
        own = self.series(documents["assumptions.toml"])
        drawn = self.scenarios(documents["assumptions.toml"])
        if self.found:
            raise Problems(sorted(self.found, key=lambda item: (self.order.index(item.file), item.line or 0)))
        return Case(
            folder_name=self.folder.resolve().name,
            fund=funds["fund.toml"],
            baseline=funds["baseline.toml"],
            alternatives=tuple((Path(name).stem, funds[name]) for name in names),
            plan=plan,
            assumptions=assumptions,
            census=people,
            files=tuple(sorted(self.hashes.items())),
            series=own,
            scenarios=drawn,
        )

    def problem(self, file: str, line: int | None, message: str, fix: str) -> None:
        if file not in self.order:
            self.order.append(file)
        self.found.append(Problem(file, line, message, fix))

    def report(self, file: str, document: _Document | None, findings: Any) -> None:
        for finding in findings:
            self.problem(file, line_of(document.lines, finding.path) if document else None, *finding[1:])

    def raw(self, file: str) -> bytes | None:
        """The bytes of a file of the case, its hash kept; None after reporting why it cannot be read."""
        self.order.append(file)
        path = self.folder / file
        try:
            if not path.exists():
                self.problem(file, None, "this file is missing", f"Add it. {NEW_CASE}")
            elif not path.is_file():
                self.problem(file, None, "this is not a file", "Put a file of that name in its place")
            else:
                data = path.read_bytes()
                self.hashes[file] = sha256(data).hexdigest()
                return data
        except OSError as error:
            self.problem(
                file, None, f"this file cannot be read ({error.strerror})", "Check its name and permissions"
            )
        return None

    def read(self, file: str) -> str | None:
        """The text of a file of the case; None after reporting why there is none."""
        data = self.raw(file)
        if data is None:
            return None
        try:
            return self.filled(file, data.decode("utf-8-sig").replace("\r\n", "\n"))
        except UnicodeDecodeError as error:
            line = error.object[: error.start].count(b"\n") + 1
            self.problem(file, line, "this line is not UTF-8 text", "Save the file as UTF-8")
        return None

    def filled(self, file: str, text: str) -> str | None:
        if text.strip():
            return text
        self.problem(file, 1, "this file is empty", f"Fill it in. {NEW_CASE}")
        return None

    def document(self, file: str) -> _Document | None:
        text = self.read(file)
        if text is None:
            return None
        if len(text) > LARGEST_DOCUMENT:
            self.problem(
                file, 1, "this file is longer than 2 MB", "A document of a case is a page or two of terms"
            )
            return None
        try:
            tree = tomllib.loads(text)
            lines = locate(text)
        except RecursionError:
            self.problem(file, 1, "values are nested too deeply", "Write tables and arrays a few levels deep")
            return None
        except ValueError as error:
            line, message = _syntax(str(error), text)
            self.problem(file, line, f"this is not TOML: {message}", "Correct the line, or the one before it")
            return None
        return self.bounded(file, _Document(tree, lines))

    def bounded(self, file: str, document: _Document) -> _Document | None:
        large = [path for path, value in _scalars(document.tree) if _too_large(value)]
        for path in large:
            self.problem(
                file, line_of(document.lines, path), f"{dotted(path)} is too large a number", "Write less"
            )
        return None if large else document

    def alternative_names(self) -> list[str]:
        folder = self.folder / ALTERNATIVES
        if folder.exists() and not folder.is_dir():
            self.problem(
                ALTERNATIVES, None, "this is not a folder", "Put each alternative in alternatives/NAME.toml"
            )
            return []
        names = sorted(path.name for path in folder.glob("*.toml")) if folder.is_dir() else []
        return [f"{ALTERNATIVES}/{name}" for name in names if not name.startswith(".")]

    def unexpected_files(self) -> None:
        for name in sorted(path.name for path in self.folder.glob("*.toml")):
            if name not in FILES and not name.startswith("."):
                fix = f"{wording.close(name, FILES)}A case has {', '.join(FILES)} and alternatives/NAME.toml"
                self.problem(name, None, "this file is not part of a case", fix)

    def validated(self, file: str, document: _Document | None, model: type[BaseModel], check: Any) -> Any:
        if document is None:
            return None
        self.report(file, document, check(document.tree))
        try:
            return model.model_validate(document.tree)
        except ValidationError as error:
            self.report(file, document, wording.findings(model, error))
            return None

    def known_assets(self, document: _Document | None) -> frozenset[str] | None:
        # Without the assumptions nobody knows which assets the case adds, so none is called unknown.
        return self.assets | frozenset(table(document.tree.get("assets"))) if document else None

    def alternatives(self, names: list[str], documents: dict[str, _Document | None]) -> None:
        seen: dict[str, str] = {}
        for file in names:
            document = documents[file]
            if document is None:
                continue
            name, why = document.tree.get("name"), document.tree.get("similar_because", "")
            if isinstance(why, str) and not why.strip():
                finding = Finding(
                    ("similar_because",), "similar_because says nothing", "Say why it is a fair comparison"
                )
                self.report(file, document, [finding])
            if isinstance(name, str):
                if name.casefold() in seen:
                    message = f'the name "{name}" is also that of {seen[name.casefold()]}'
                    self.report(
                        file, document, [Finding(("name",), message, "Give each alternative its own name")]
                    )
                seen.setdefault(name.casefold(), file)

    def plan(self, document: _Document | None) -> Any:
        value = self.validated("plan.toml", document, Plan, checks.plan)
        name = document.tree.get("population") if document else None
        if isinstance(name, str) and name not in self.populations:
            self.report(
                "plan.toml", document, [_unknown("population", ("population",), name, self.populations)]
            )
        return value

    def assumptions(self, document: _Document | None, known: frozenset[str] | None) -> Any:
        value = self.validated("assumptions.toml", document, Assumptions, checks.assumptions)
        if document is None or known is None:
            return value
        name = document.tree.get("set")
        if isinstance(name, str) and name not in self.sets:
            self.report("assumptions.toml", document, [_unknown("assumption set", ("set",), name, self.sets)])
        for i, entry in enumerate(array(document.tree.get("correlations"))):
            for key in ("a", "b"):
                name = table(entry).get(key)
                if isinstance(name, str) and name not in known:
                    finding = _unknown("asset", ("correlations", i, key), name, known)
                    self.report("assumptions.toml", document, [finding])
        return value

    def census(self, plan: _Document | None) -> tuple[Person, ...] | None:
        name = plan.tree.get("census") if plan else None
        if not isinstance(name, str):
            return None
        if not self.is_own("plan.toml", plan, ("census",), name):
            return None
        text = self.read(name)
        if text is None:
            return None
        as_of = plan.tree.get("as_of")
        year = as_of.year if isinstance(as_of, date) and not isinstance(as_of, datetime) else None
        people, wrong = census.read(name, text, year)
        self.found += wrong
        return people

    def is_own(self, file: str, document: _Document, path: checks.Path, name: str) -> bool:
        """Whether `name` is a file inside the folder that the case does not read already; False once reported."""
        message = ""
        if not name or Path(name).is_absolute() or {"..", "\\", ":"} & {*Path(name).parts, *name}:
            message, fix = "is not a file of this folder", "Write a plain file name"
        elif name in self.order:
            message, fix = "is already another file of the case", "Name a file of its own"
        if message:
            self.report(file, document, [Finding(path, f'{dotted(path)} "{name}" {message}', fix)])
        return not message

    def series(self, document: _Document | None) -> Series | None:
        """The case's own returns, and whether every asset without a stated sd has enough of them."""
        stated = table(document.tree.get("series")) if document else {}
        name, kind = stated.get("file"), stated.get("kind", "returns")
        if not isinstance(name, str) or kind not in ("returns", "prices"):
            return None
        if not self.is_own("assumptions.toml", document, ("series", "file"), name):
            return None
        data = self.raw(name)
        own, wrong = series.read(name, data, kind) if data is not None else (None, [])
        self.found += wrong
        if own is not None:
            self.report("assumptions.toml", document, _without_risk(document, own))
        return own

    def scenarios(self, document: _Document | None) -> Scenarios | None:
        """The case's own scenarios, if its generator draws from them."""
        stated = table(document.tree.get("generator")) if document else {}
        name, returns = stated.get("scenarios"), stated.get("scenario_returns", "simple")
        if not isinstance(name, str) or stated.get("kind") != "scenarios" or returns not in ("simple", "gross"):
            return None
        if not self.is_own("assumptions.toml", document, ("generator", "scenarios"), name):
            return None
        data = self.raw(name)
        own, wrong = scenarios.read(name, data, returns) if data is not None else (None, [])
        self.found += wrong
        return own


def _without_risk(document: _Document, own: Series) -> Iterator[Finding]:
    for asset, terms in tables(document.tree.get("assets")):
        if terms.get("sd") is not None:
            continue
        at = ("assets", asset)
        if asset not in own.names:
            fix = f"{wording.close(asset, own.names)}Add sd, or one of the columns {', '.join(own.names)}"
            yield Finding(at, f'{dotted(at)} has no sd, and {own.file} has no column "{asset}"', fix)
            continue
        months = sum(value is not None for value in own.of(asset))
        if months < series.LEAST_MONTHS:
            message = f'{dotted(at)} has no sd, and column "{asset}" of {own.file} has {months} months'
            yield Finding(at, message, f"State sd, or give at least {series.LEAST_MONTHS} months of returns")


def _unknown(what: str, path: checks.Path, name: str, known: frozenset[str]) -> Finding:
    fix = f"Write one of: {', '.join(sorted(known))}" if known else f"No {what} is known"
    return Finding(path, f'there is no {what} "{name}"', wording.close(name, known) + fix)


def _unknown_assets(document: _Document | None, known: frozenset[str] | None) -> Iterator[Finding]:
    if document is None or known is None:
        return
    for sleeve, terms in tables(document.tree.get("sleeves")):
        for keys in (("asset",), ("liquidity", "asset")):
            name = table(terms.get("liquidity")).get("asset") if len(keys) == 2 else terms.get("asset")
            if isinstance(name, str) and name not in known:
                finding = _unknown("asset", ("sleeves", sleeve, *keys), name, known)
                yield finding._replace(fix=f"{finding.fix}; or add [assets.NAME] to assumptions.toml")


def _syntax(message: str, text: str) -> tuple[int, str]:
    """Line and words of the parser's message, which ends in a position."""
    match = _AT_LINE.search(message)
    if match is None:
        return 1, message
    line = int(match.group(1)) if match.group(1) else text.rstrip("\n").count("\n") + 1
    words = message[: match.start()]
    return line, {"Cannot overwrite a value": "a key is written twice"}.get(
        words, words[:1].lower() + words[1:]
    )


def _scalars(tree: Any, path: checks.Path = ()) -> Iterator[tuple[checks.Path, Any]]:
    inner = tree.items() if isinstance(tree, dict) else enumerate(tree) if isinstance(tree, list) else None
    if inner is None:
        yield path, tree
    else:
        for key, value in inner:
            yield from _scalars(value, (*path, key))


def _too_large(value: Any) -> bool:
    return isinstance(value, int) and not -(2**63) <= value < 2**63
