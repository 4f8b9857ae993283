"""Names of keys of the results as a committee reads them."""

from __future__ import annotations

from typing import Any

# The parts of a decomposition in the order in which they are read.
PARTS = {
    "risk": "more or less risk",
    "return": "return beyond risk",
    "diversification": "diversification",
    "fees": "fees",
    "liquidity_drag": "drag of liquidity",
    "smoothing": "late prices",
    "residual": "left over",
}
GROUP_KINDS = {"age": "age", "pay": "pay", "balance": "balance", "likely_leaver": ""}
LEVELS = {"participant": "participants", "plan": "the plan", "both": "both"}


def group_name(group: dict[str, Any]) -> str:
    """A group in few words: `age 35 to 44`, `pay lowest third`, `likely to leave early`."""
    return f"{GROUP_KINDS[group['group']]} {group['label']}".strip()


def vehicle(kind: str) -> str:
    """The legal form of a fund as words: `MUTUAL_FUND` becomes `mutual fund`; a short form stays."""
    return kind.replace("_", " ").lower() if "_" in kind else kind
