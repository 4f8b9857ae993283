"""``compare``: two cases, or two files of results: what differs in the inputs, and how each headline moved."""

from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from alts401k.measure import moved
from alts401k.simulate import people as pass2
from alts401k.terms.case import Case
from alts401k.verbs.evaluate import PATHS, SEED, evaluate
from alts401k.verbs.gather import Progress, gather, read_case
from alts401k.verbs.headlines import headlines, read_results
from alts401k.verbs.study import fund_pass, savers_of

# Paths on which the spread of the difference is measured; a tenth of its own size is close enough for an error.
ERROR_PATHS = 1_000
PAIRED = "performance.paired."
IN_FORCE = "in force"
COMMON, BOUND, APART = "common draws", "at most", "independent draws"


class Comparison(NamedTuple):
    """What ``compare`` returns: `data` holds the two sides, the inputs that differ and the headlines."""

    data: dict[str, Any]

    def __str__(self) -> str:
        from alts401k.report.compared import comparison

        return comparison(self.data)


class _Side(NamedTuple):
    """One side: a case with its documents in force, or results alone; results are None until they are needed."""

    name: str
    folder: Path | None
    case: Case | None
    results: dict[str, Any] | None


def compare(a: Path | str, b: Path | str, *, paths: int = PATHS, seed: int = SEED,
            progress: Progress = None) -> Comparison:
    """Compare two cases (folders) or two results.json files, or one of each; B is told against A.

    Two folders run on the same seed and paths, so that the same markets befall both; beside a results file a folder
    runs on that file's. Folders in which no input differs are not run. Raises units.Problems for either input.
    """
    sides = (_read(Path(a)), _read(Path(b)))
    differ = _documents(*sides)
    if all(side.case is not None for side in sides) and not differ:
        return Comparison(_told(sides, None, [], [], "", None))
    for side in sides:
        if side.results is not None:
            paths, seed = side.results["run"]["paths"], side.results["run"]["seed"]
    runs = [side.results or evaluate(side.folder, paths=paths, seed=seed, progress=progress).data for side in sides]
    inputs = differ + _assumptions(runs[0], runs[1], {row["key"] for row in differ})
    unpaired = _unpaired(runs[0]["run"], runs[1]["run"], inputs)
    errors = {}
    if not unpaired and all(side.folder is not None for side in sides):
        errors = _paired_errors(sides, paths, seed, progress)
    rows = _moves(runs, unpaired, errors)
    return Comparison(_told(sides, runs, inputs, rows, unpaired, errors))


def _read(place: Path) -> _Side:
    if place.is_dir():
        return _Side(place.resolve().name, place, read_case(place), None)
    return _Side(str(place), None, None, read_results(place))


def _told(sides, runs, inputs: list, rows: list, unpaired: str, errors) -> dict[str, Any]:
    """The comparison as plain values for JSON."""
    runs = runs or [None, None]
    same = not inputs and all(row["change"] in (0.0, None) and row["a"] == row["b"] for row in rows)
    return {
        "a": _about(sides[0], runs[0]), "b": _about(sides[1], runs[1]), "equal": same, "ran": runs[0] is not None,
        "paired": not unpaired, "not_paired_because": unpaired, "inputs": inputs, "headlines": rows,
    }


def _about(side: _Side, results: dict[str, Any] | None) -> dict[str, Any]:
    run = results["run"] if results else {}
    return {"name": side.name, "kind": "case" if side.folder is not None else "results",
            **{key: run.get(key) for key in ("id", "paths", "seed", "people", "package_version")}}


def _documents(a: _Side, b: _Side) -> list[dict[str, Any]]:
    """Keys of the documents that differ, and other files whose bytes do; for files of results, by their hashes."""
    if a.case is None or b.case is None:
        return _files(_hashes(a), _hashes(b))
    left, right = _trees(a.case), _trees(b.case)
    both = left.keys() & right.keys()
    rows = [_difference(where, key, left[where].get(key), right[where].get(key))
            for where in sorted(both) for key in sorted(left[where].keys() | right[where].keys())]
    # Documents that both sides have are told by their keys, everything else by its bytes.
    other = [{name: sha for name, sha in side.case.files if name not in both} for side in (a, b)]
    return [row for row in rows if row["a"] != row["b"]] + _files(*other)


def _hashes(side: _Side) -> dict[str, str]:
    if side.case is not None:
        return dict(side.case.files)
    return {entry["file"]: entry["sha256"] for entry in side.results["run"]["inputs"]}


def _files(a: dict[str, str], b: dict[str, str]) -> list[dict[str, Any]]:
    """Files that only one side has, or whose bytes differ."""
    rows = [_difference(name, "(contents)", a.get(name), b.get(name)) for name in sorted(a.keys() | b.keys())]
    return [{**row, "a": row["a"] and row["a"][:12], "b": row["b"] and row["b"][:12]} for row in rows
            if row["a"] != row["b"]]


def _trees(case: Case) -> dict[str, dict[str, Any]]:
    """File to dotted key to value, defaults included, of every document of a case."""
    documents = {"fund.toml": case.fund, "baseline.toml": case.baseline, "plan.toml": case.plan,
                 "assumptions.toml": case.assumptions,
                 **{f"alternatives/{name}.toml": fund for name, fund in case.alternatives}}
    return {name: dict(_leaves(document.model_dump(mode="json"), "")) for name, document in documents.items()}


def _leaves(value: Any, path: str):
    """(dotted key, value) of every leaf that says something; a list of plain values is one leaf."""
    if isinstance(value, dict):
        for key, part in value.items():
            yield from _leaves(part, f"{path}.{key}" if path else str(key))
    elif isinstance(value, list) and any(isinstance(part, dict) for part in value):
        for k, part in enumerate(value):
            name = part.get("key", k) if isinstance(part, dict) else k
            yield from _leaves(part, f"{path}[{name}]")
    elif value not in (None, "", []):
        yield path, value


def _assumptions(a: dict[str, Any], b: dict[str, Any], known: set[str]) -> list[dict[str, Any]]:
    """Assumptions in force that differ by value or source and that no document's key has told already."""
    left, right = ({row["name"]: row for row in side["run"]["assumptions"]} for side in (a, b))
    rows = []
    for name in [*left, *(name for name in right if name not in left)]:
        if name in known or name.removeprefix("fund.") in known or name.removeprefix("plan.") in known:
            continue
        one, two = left.get(name, {}), right.get(name, {})
        rows.append(_difference(IN_FORCE, name, one.get("value"), two.get("value")))
        rows.append(_difference(IN_FORCE, f"{name} (source)", one.get("source"), two.get("source")))
    return [row for row in rows if row["a"] != row["b"]]


def _difference(where: str, key: str, a: Any, b: Any) -> dict[str, Any]:
    return {"where": where, "key": key, "a": a, "b": b}


def _unpaired(a: dict[str, Any], b: dict[str, Any], inputs: list[dict[str, Any]]) -> str:
    """Why the same path is not the same market for the same people on both sides; "" when it is."""
    for key, words in (("seed", "the seeds differ"), ("paths", "the numbers of paths differ")):
        if a[key] != b[key]:
            return words
    if a.get("generator", {}).get("kind") != b.get("generator", {}).get("kind"):
        return "the market generators differ"
    told = [row for row in inputs if row["where"] == "plan.toml" and row["key"] != "name"]
    told += [row for row in inputs if row["where"] == IN_FORCE and row["key"].startswith("plan.")]
    if told or any(a[key] != b[key] for key in ("population", "as_of", "people")):
        return "the plans differ: other people, or the same with other money"
    census = {a["population"], b["population"]}
    return "the censuses differ" if any(row["where"] in census for row in inputs) else ""


def _paired_errors(sides, paths: int, seed: int, progress: Progress) -> dict[str, float]:
    """Standard errors of the four paired headlines' moves, from common paths of both cases."""
    n = min(paths, ERROR_PATHS)
    found = moved.difference_errors(*(_wealths(side.folder, n, seed, progress) for side in sides), paths)
    return {PAIRED + name: error for name, error in found.items()}


def _wealths(folder: Path, n_paths: int, seed: int, progress: Progress) -> moved.Wealths:
    """Everybody's real wealth at 67 on the first paths of a run."""
    g = gather(folder)
    finished = fund_pass(g, n_paths, seed, progress)
    people = savers_of(g)
    groups = pass2.groups(finished.joined[0].vintage, finished.joined[1].vintage, people.horizon_years)
    found = np.empty((2, len(people.weight), n_paths))
    for group in groups:
        for k, vintage in enumerate((group.vintage_proposed, group.vintage_baseline)):
            of = finished.paths[k]
            found[k, group.people] = pass2.wealth(people, group, vintage, of.units, of.value)
    found /= people.deflator[None, :, None]
    return moved.Wealths(found[0], found[1], people.weight)


def _moves(runs: list[dict[str, Any]], unpaired: str, errors: dict[str, float]) -> list[dict[str, Any]]:
    """Every headline that either side has, with its move from A to B."""
    sides = [{one.path: one for one in headlines(results)} for results in runs]
    rows = []
    for path in [*sides[0], *(path for path in sides[1] if path not in sides[0])]:
        one, two = sides[0].get(path), sides[1].get(path)
        told = one or two
        a, b = one and one.value, two and two.value
        row = {"key": path, "unit": told.unit, "meaning": told.description, "a": a, "b": b, "change": None,
               "standard_error": None, "error_of": ""}
        if isinstance(a, (int, float)) and isinstance(b, (int, float)):
            row["change"] = b - a
            if path in errors:
                row.update(standard_error=errors[path], error_of=COMMON)
            elif one.standard_error is not None and two.standard_error is not None:
                row.update(standard_error=moved.independent_error(one.standard_error, two.standard_error),
                           error_of=APART if unpaired else BOUND)
        rows.append(row)
    return rows
