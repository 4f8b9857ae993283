"""Case folders as a stranger writes them: TOML text, made here piece by piece, and wealth worked out again from a run.

Only three sizes of fund family appear in these tests, because every size costs its own compilation: one daily sleeve
without vintages (``one_sleeve``), two vintages over a private and two daily sleeves (``family``), and the examples.
"""

from pathlib import Path
from typing import NamedTuple

import numpy as np

from alts401k.simulate import people as pass2
from alts401k.verbs.evaluate import SEED, headlined
from alts401k.verbs.gather import Gathered, gather, package_sha256, run_id
from alts401k.verbs.sections import run_section
from alts401k.verbs.study import Run, Study, fund_pass, savers_of, study

ROOT = Path(__file__).resolve().parents[2]
EXAMPLES = ROOT / "examples"
PEOPLE = "birth_year,pay,balance,deferral\n"
HEADLINES = ("median_wealth_change", "p5_wealth_change", "wealth_p5_change", "chance_better_off")


def asset(name: str, expected_return: float, sd: float = 0.0) -> str:
    """An asset of the case's own."""
    return (
        f'[assets.{name}]\nexpected_return = {expected_return}\nsd = {sd}\nbasis = "gross"\n'
        f'source = "this test"\n'
    )


def together(first: str, second: str, value: float = 1.0) -> str:
    """A correlation of the case's own."""
    return f'[[correlations]]\na = "{first}"\nb = "{second}"\nvalue = {value}\nsource = "this test"\n'


def assumptions(*tables: str, family_assets_usd: float = 1e9, inflation: float = 0.0, **keys: float) -> str:
    """assumptions.toml; without inflation unless said."""
    head = {
        "family_assets_usd": family_assets_usd,
        "inflation_yearly": inflation,
        "limits_growth": 0.0,
        "annuity_real_rate": 0.02,
        **keys,
    }
    return "\n".join(
        ['set = "horizon-2026"', *(f"{key} = {value!r}" for key, value in head.items()), *tables]
    )


def plan(match: str = "", **keys: object) -> str:
    """plan.toml: level pay without growth, nobody leaves, unless said."""
    rows = {
        "as_of": "2025-12-31",
        "census": '"people.csv"',
        "pay_profile": '"level"',
        "pay_growth_yearly": 0.0,
        "turnover_yearly": 0.0,
        **keys,
    }
    lines = ['name = "A plan"', *(f"{key} = {value}" for key, value in rows.items() if value is not None)]
    return "\n".join([*lines, f"[match]\n{match}" if match else ""]) + "\n"


def census(*rows: tuple[int, float, float, float]) -> str:
    """people.csv."""
    return PEOPLE + "".join(",".join(map(str, row)) + "\n" for row in rows)


def write(folder: Path, **files: str) -> Path:
    """The case folder, its files made or made again; ``people`` is the census, the others are TOML."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        suffix = ".csv" if name == "people" else ".toml"
        (folder / (name + suffix)).write_text(text, encoding="utf-8")
    return folder


def one_sleeve(held: str, sleeve_fee: float = 0.0, trustee_fee: float = 0.0) -> str:
    """A fund of one daily sleeve, for all ages."""
    return f"""\
name = "All in {held}"
vehicle_type = "CIT"
trustee_fees = {{ trustee = {trustee_fee} }}
glide_path = {{ years_to_target = [0], weights = {{ everything = [1.0] }} }}
[sleeves.everything]
asset = "{held}"
dealing = "daily"
fees = {{ manager = {sleeve_fee} }}
"""


class Private(NamedTuple):
    """Terms of the private sleeve of a ``family``; open to everything unless said."""

    asset: str = "private"
    liquid: str = "liquid"
    dealing: str = "monthly"
    fee: float = 0.0
    target: float = 0.2
    minimum: float = 0.0
    maximum: float = 1.0
    gate: float = 1.0
    block_gate: float = 1.0
    smoothing: float = 0.0
    lag_months: int = 0
    report_months: int = 1
    block: str = ""
    vehicle: str = "NT_BDC"

    def text(self) -> str:
        """The sleeve's and its block's tables."""
        return f"""\
[sleeves.private]
asset = "{self.asset}"
dealing = "{self.dealing}"
block = "lender"
fees = {{ administrator = {self.fee} }}
liquidity = {{ asset = "{self.liquid}", target = {self.target}, minimum = {self.minimum}, maximum = {self.maximum} }}
floor = 0.0
gates = [
  {{ window_months = {1 if self.dealing == "monthly" else 3}, pct = {self.gate} }},
  {{ window_months = {3 if self.dealing == "monthly" else 6}, pct = {self.gate} }},
]
[sleeves.private.mark]
smoothing = {self.smoothing}
lag_months = {self.lag_months}
report_months = {self.report_months}
[blocks.lender]
vehicle_type = "{self.vehicle}"
redemption_freq = "Q"
gate_pct_period = {self.block_gate}
unfilled = "LAPSE"
{self.block}
"""


OPEN = {"fast_band": 1.0, "slow_band": 1.0, "max_change": 1.0}
CALM = {
    "amber_over_target": 1.0,
    "hard_cap_over_target": 1.0,
    "coverage_amber": 0.0,
    "coverage_red": 0.0,
    "coverage_gated": 0.0,
}


def family(
    weights: dict[str, list[float]],
    *,
    private: Private | None = None,
    years: tuple[float, ...] = (0,),
    vintages: tuple[int, ...] = (2040, 2060),
    trustee_fee: float = 0.0,
    stocks: str = "stocks",
    bonds: str = "bonds",
    rebalance: dict | None = None,
    regime: dict | None = None,
    top: str = "",
) -> str:
    """A family of two vintages; ``weights`` names which of private, stocks, bonds it has."""

    def keys(values: dict) -> str:
        return "\n".join(f"{key} = {value}" for key, value in values.items())

    daily = {"stocks": stocks, "bonds": bonds}
    sleeves = [
        f'[sleeves.{name}]\nasset = "{held}"\ndealing = "daily"'
        for name, held in daily.items()
        if name in weights
    ]
    if "private" in weights:
        sleeves.append((private or Private()).text())
    rows = keys({name: list(row) for name, row in weights.items()})
    return "\n".join(
        [
            'name = "A family"',
            'vehicle_type = "CIT"',
            f"vintages = {list(vintages)}",
            top,
            f"trustee_fees = {{ trustee = {trustee_fee} }}",
            "[glide_path]",
            f"years_to_target = {list(years)}",
            "[glide_path.weights]",
            rows,
            "[rebalance]",
            keys(OPEN if rebalance is None else rebalance),
            "[regime]",
            keys(CALM if regime is None else regime),
            *sleeves,
        ]
    )


def finished(folder: Path, paths: int, seed: int = 1) -> tuple[Gathered, Run]:
    """A case read and its two funds run."""
    g = gather(folder)
    return g, fund_pass(g, paths, seed)


def studied(folder: Path, paths: int, seed: int = 1) -> Study:
    """A case read, its two funds run, and its comparators."""
    g, run = finished(folder, paths, seed)
    return study(g, run, seed)


def sections(folder: Path, paths: int, seed: int = SEED) -> dict:
    """The results of a case without the further questions, which cost runs of their own."""
    g, run = finished(folder, paths, seed)
    package = package_sha256()
    return {"run": run_section(g, package, run_id(g.case, package, seed, paths), seed, paths),
            **headlined(g, run, seed)}


def wealth(g: Gathered, run: Run, which: int) -> np.ndarray:
    """Nominal wealth at 67 (people, paths) as the participant pass makes it; ``which`` 0 proposed, 1 baseline."""
    people = savers_of(g)
    out = np.zeros((len(people.weight), run.paths[which].value.shape[0]))
    vintage = run.joined[which].vintage
    for group in pass2.groups(vintage, vintage, people.horizon_years):
        made = pass2.wealth(
            people, group, group.vintage_proposed, run.paths[which].units, run.paths[which].value
        )
        out[group.people] = made
    return out


def paired(data: dict) -> dict[str, float]:
    """The four headlines by name."""
    return {name: data["performance"]["paired"][name]["value"] for name in HEADLINES}


WORLD = (
    asset("stocks", 0.07, 0.17),
    asset("bonds", 0.045, 0.06),
    asset("private", 0.09, 0.28),
    asset("liquid", 0.03, 0.01),
)
# Terms that bind: gates, stale marks, fees, bands. What cancels does not cancel because nothing happens.
BUSY = Private(
    dealing="monthly",
    fee=0.001,
    target=0.15,
    minimum=0.10,
    maximum=0.25,
    gate=0.02,
    block_gate=0.05,
    smoothing=0.4,
    lag_months=2,
    report_months=3,
    block="mgmt_fee = 0.01\nincentive_fee = { share = 0.2, hurdle_yearly = 0.06, catch_up = 1.0, "
    'crystallise = "quarterly" }\nleverage = 0.5',
)
