"""``explain``: each headline of a case with its formula, the inputs that enter it, and the code that made it."""

from pathlib import Path
from typing import Any, NamedTuple

from alts401k.units import Problem, Problems
from alts401k.verbs.evaluate import PATHS, SEED, evaluate
from alts401k.verbs.gather import Progress
from alts401k.verbs.headlines import Headline, entering, headlines, kept_on_file, read_results


class Explanation(NamedTuple):
    """What ``explain`` returns: `data` holds the run, one entry a number, and the assumptions they name."""

    data: dict[str, Any]

    def __str__(self) -> str:
        from alts401k.report.explained import explanation

        return explanation(self.data)


def explain(case: Path | str | None = None, key: str | None = None, *, paths: int = PATHS, seed: int = SEED,
            results: Path | str | None = None, progress: Progress = None) -> Explanation:
    """Explain the headlines of a case, or every number at and below the dotted ``key`` of its results.

    The case is evaluated and nothing is written; or ``results`` names a results.json, and nothing is run. Raises
    units.Problems for anything wrong in the case, the file or the key, and when neither or both are given.
    """
    if (case is None) == (results is None):
        wrong = "neither a case nor a results file is named" if case is None else "a case and a results file are named"
        raise Problems([Problem("explain", None, wrong, "Name one of the two")])
    if results is not None:
        return Explanation(explained(read_results(Path(results)), key))
    return Explanation(explained(evaluate(case, paths=paths, seed=seed, progress=progress).data, key))


def explained(data: dict[str, Any], key: str | None) -> dict[str, Any]:
    """Numbers of a run's results with all that is known about each; raises Problems for a key that leads nowhere."""
    run = data["run"]
    unused = kept_on_file()
    numbers = [_entry(one, run["assumptions"], unused) for one in headlines(data, key)]
    named = {name for one in numbers for name in one["inputs"]}
    return {
        "run": {name: run[name] for name in ("id", "case", "plan", "population", "as_of", "seed", "paths", "people",
                                             "package_version")},
        "files": run["inputs"],
        "numbers": numbers,
        "assumptions": [{"name": row["name"], "value": row["value"], "unit": row["unit"], "kind": row["kind"],
                         "source": row["source"]} for row in run["assumptions"] if row["name"] in named],
    }


def _entry(one: Headline, rows: list[dict[str, Any]], unused: tuple[str, ...]) -> dict[str, Any]:
    """One number for the explanation; its inputs by name."""
    return {
        "key": one.path, "value": one.value, "standard_error": one.standard_error, "unit": one.unit,
        "meaning": one.description, "formula": one.formula,
        "room": one.code[0].split(".")[1] if one.code else "", "code": list(one.code),
        "inputs": [row["name"] for row in entering(rows, one.enters, unused)],
    }
