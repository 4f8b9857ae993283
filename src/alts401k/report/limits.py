"""What the model leaves out: the list that pages print when a run does not bring its own."""

from __future__ import annotations

from typing import Any

LIMITS: tuple[str, ...] = (
    (
        "The savers are a closed group. Each leaver is replaced by a joiner of the same kind, those who reach 67 are"
        " not: in its last years the family runs off, and gates and high private weights there come from that."
    ),
    "Nobody dies, becomes disabled, borrows or withdraws before 67 except by leaving the plan.",
    "Turnover does not rise in a recession or after bad returns; a wave of exits is tried only as a named stress.",
    "People do not react: nobody sells in fear, and nobody changes what they save when the fund changes.",
    "Inflation is one steady rate. Pay follows a profile by age and no shock of its own.",
    "Trading costs nothing beyond the fees in the terms: no spread, no market impact, no tax.",
    "The manager follows the written glide path and bands without error. No skill, good or bad, is added.",
    "Managers of private funds report truthfully, only late and smoothed. Errors and fraud are left out.",
    (
        "The matched portfolio is a yardstick, not a fund on offer: public assets of the baseline, re-weighted vintage"
        " by vintage to the proposed fund's true volatility, with borrowing at the cash return where it takes any."
    ),
    (
        "Sets, decomposition, break-even, groups and the smallest breaking outflow are worked out on fewer paths than"
        " the headlines; each states its number. Inputs are moved one at a time, never together."
    ),
    "A named stress is laid on the fund as it opens. It is a question, not a forecast, and others can be worse.",
    "The law and the contribution limits stay as stated or grow at the stated rate.",
    "Social Security, other savings and taxes are outside every number here.",
)
# How returns were drawn, in one sentence a generator: what it takes in and what it leaves out.
GENERATORS: dict[str, str] = {
    "lognormal": (
        "Returns of all assets are drawn from one lognormal law with fixed correlations. Real markets have fatter"
        " tails, and assets fall together more often than this law says."
    ),
    "fat-tails": (
        "Returns have fat tails with one size of shock a month for all assets, and fixed correlations. Calm and stormy"
        " times do not cluster, and the tails are as fat as the one number that was chosen for them."
    ),
    "regimes": (
        "Returns switch between a few states of markets. How many states there are, how long each lasts and how assets"
        " move together in it is chosen, and the next crisis need not look like any of them."
    ),
    "bootstrap": (
        "Returns are blocks of history moved to the means of the set. What has not happened in that history cannot"
        " happen here, and assets with a short record are rebuilt from others for the months they lack."
    ),
    "scenarios": (
        "Returns are those of the case's own scenario file. How likely its scenarios are is for those who made it to"
        " say, and nothing outside the file can happen here."
    ),
}


def limits(run: dict[str, Any]) -> tuple[str, ...]:
    """The limits a run states itself (`run.limits`), else that of its generator and the standing list."""
    return tuple(run.get("limits") or (GENERATORS[run["generator"]["kind"]], *LIMITS))
