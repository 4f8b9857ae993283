"""Read a case and everything it rests on, once, into one bundle that the verbs share."""
import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from alts401k.measure.outcomes import income_per_usd
from alts401k.terms.case import Case, load_case
from alts401k.terms.limits import Limits, limits
from alts401k.units import Problem, Problems
from alts401k.world import market as markets
from alts401k.world import people as census
from alts401k.world.market import Market
from alts401k.world.mortality import annuity_factor
from alts401k.world.people import Career, People

Progress = Callable[[str, int, int], None] | None


class Gathered(NamedTuple):
    """A case with its world: the people under 67 (types with weights), their careers, the market, the limits."""

    case: Case
    market: Market
    people: People
    career: Career
    limits: Limits
    income_per_usd: np.ndarray
    n_people: int
    left_out: int
    without_money: int


def read_case(folder: Path | str) -> Case:
    """The validated case in ``folder``; raises Problems with everything wrong in it and in what it assumes."""
    case = load_case(Path(folder), populations=census.populations(), assets=markets.assets(), sets=markets.sets())
    found = markets.problems(case) + census.problems(case)
    if found:
        raise Problems(found)
    return case


def gather(folder: Path | str) -> Gathered:
    """Read a case and build its people and market; raises Problems."""
    case = read_case(folder)
    types = census.types_of(case)
    market = markets.build(case.assumptions, case.series, case.scenarios)
    years = census.years_to_run(types, case.plan.as_of.year)
    where = case.plan.census or "plan.toml"
    if years == 0:
        raise Problems([Problem(where, None, "nobody in the plan is under 67", "give at least one person under 67")])
    table = limits(case.plan.as_of.year + 1, years, case.assumptions.limits_growth)
    career = census.career(types, case.plan, market.inflation_yearly, table)
    people, career, without = census.with_money(types, career)
    if not len(people.weight):
        raise Problems([Problem(where, None, "nobody under 67 has a balance or a contribution",
                                "give someone a balance, or a deferral and pay above zero")])
    price = annuity_factor(people.birth_year, case.assumptions.annuity_real_rate)
    income = income_per_usd(price, career.mean_real_pay_last5)
    return Gathered(case, market, people, career, table, income, round(float(people.weight.sum())), career.left_out,
                    without)


def package_sha256() -> str:
    """SHA-256 over the package's own sources and tables, by relative name."""
    root = Path(__file__).resolve().parent.parent
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*")):
        if path.is_file() and "__pycache__" not in path.parts and "examples" not in path.relative_to(root).parts:
            digest.update(path.relative_to(root).as_posix().encode() + b"\0")
            digest.update(hashlib.sha256(path.read_bytes()).digest())
    return digest.hexdigest()


def run_id(case: Case, package: str, seed: int, n_paths: int) -> str:
    """The id of a run: a hash of its input files, the package's sources, the seed and the number of paths."""
    text = "\n".join([package, str(seed), str(n_paths), *(f"{name} {sha}" for name, sha in case.files)])
    return hashlib.sha256(text.encode()).hexdigest()[:16]
