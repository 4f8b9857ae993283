"""What the model leaves out: the one list that pages print when a run does not bring its own."""

from __future__ import annotations

LIMITS: tuple[str, ...] = (
    (
        "The savers are a closed group. Each leaver is replaced by a joiner of the same kind, those who reach 67 are"
        " not: in its last years the family runs off, and gates and high private weights there come from that."
    ),
    "Nobody dies, becomes disabled, borrows or withdraws before 67 except by leaving the plan.",
    "Turnover is the same every year. It does not rise in a recession or after bad returns.",
    "People do not react: nobody sells in fear, and nobody changes what they save when the fund changes.",
    "Inflation is one steady rate. Pay follows a profile by age and no shock of its own.",
    (
        "Yearly returns of all assets are drawn from one lognormal law with fixed correlations. Real markets have"
        " fatter tails, and assets fall together more often than this law says."
    ),
    "Trading costs nothing beyond the fees in the terms: no spread, no market impact, no tax.",
    "The manager follows the written glide path and bands without error. No skill, good or bad, is added.",
    "Managers of private funds report truthfully, only late and smoothed. Errors and fraud are left out.",
    "The law and the contribution limits stay as stated or grow at the stated rate.",
    "Social Security, other savings and taxes are outside every number here.",
)


def limits(run: dict) -> tuple[str, ...]:
    """The limits a run states itself (`run.limits`), else the standing list."""
    return tuple(run.get("limits") or LIMITS)
