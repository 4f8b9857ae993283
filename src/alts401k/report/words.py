"""Numbers as words: the only place where a figure of the results is scaled for display and rounded to be read."""

from __future__ import annotations

import re
from typing import Any

Value = float | int | str | bool | None
MISSING = "not defined"
_OUTLINE = "Modelled on the published outline of "
_KINDS = (
    "change",
    "share",
    "rate",
    "usd",
    "usd_signed",
    "unit_usd",
    "per_1000",
    "rate_per_1000",
    "ratio",
    "count",
    "months",
    "days",
    "percent",
    "fall",
    "size",
    "text",
)


def show(value: Value, kind: str) -> str:
    """A value as text; `kind` is one of _KINDS, else ValueError. Fractions become per cent."""
    if kind not in _KINDS:
        raise ValueError(f"unknown kind of number: {kind}")
    if value is None:
        return MISSING
    if kind == "text" or isinstance(value, str):
        return str(value)
    return _plus_zero(
        {
            "change": lambda: f"{100 * value:+.2f}%",
            "share": lambda: f"{100 * value:.1f}%",
            "rate": lambda: f"{100 * value:.2f}%",
            "usd": lambda: _usd(value, ""),
            "usd_signed": lambda: _usd(value, "+"),
            "unit_usd": lambda: f"${value:,.2f}",
            "per_1000": lambda: f"${value:,.2f}",
            "rate_per_1000": lambda: f"${1000 * value:,.2f}",
            "ratio": lambda: f"{value:.2f}",
            "count": lambda: f"{value:,.0f}",
            "months": lambda: f"{value:,.0f}",
            "days": lambda: f"{value:,.1f}",
            "size": lambda: f"{100 * abs(value):.2f}%",
            "fall": lambda: f"{100 * abs(value):.0f}%",
            "percent": lambda: f"{100 * value:.0f}%",
        }[kind]()
    )


def show_error(standard_error: float, kind: str) -> str:
    """A standard error in the unit of its number, without sign: points for per cent, dollars for dollars."""
    if kind in ("change", "rate", "share", "size"):
        places = 1 if kind == "share" else 2
        least = 10**-places
        small = 0 < 100 * standard_error < least / 2
        return f"<{least:.{places}f}" if small else f"{100 * standard_error:.{places}f}"
    return show(standard_error, "usd" if kind == "usd_signed" else kind)


def with_error(number: dict[str, Any], kind: str, sign: str = "±") -> str:
    """A headline {value, standard_error} as 'value ± error'."""
    return f"{show(number['value'], kind)} {sign} {show_error(number['standard_error'], kind)}"


def assumption_value(value: Value, unit: str) -> str:
    """The value of an assumption beside its unit; yearly rates and shares are shown as per cent."""
    if value is None:
        return "none"
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, str):
        return f"{value} {unit}".strip()
    if unit == "USD":
        return _usd(value, "") if abs(value) >= 100 else f"${value:,.2f}"
    if isinstance(value, float) and unit and ("year" in unit or unit.startswith(("share", "fraction"))):
        rest = unit.removeprefix("fraction").removeprefix("share").replace("_", " ").strip()
        places = 2 if abs(value) >= 0.01 else 4
        return f"{_trim(f'{100 * value:.{places}f}')}% {rest}".strip()
    return f"{_trim(f'{value:,.6f}')} {unit}".strip()


def outline(modelled_on: str) -> str:
    """Whose published outline the terms follow, as a sentence; said plainly when there is none."""
    if not modelled_on.strip():
        return "Not modelled on a published fund."
    text = modelled_on.strip().rstrip(".")
    return f"{text}." if text.lower().startswith("modelled on") else f"{_OUTLINE}{text}."


def short_usd(value: float) -> str:
    """Dollars with a sign in few columns: +$118,000 but -$2.6m."""
    if abs(value) < 1e6:
        return show(value, "usd_signed")
    size, mark = (1e9, "bn") if abs(value) >= 1e9 else (1e6, "m")
    return f"{value / size:+,.1f}{mark}".replace("-", "-$").replace("+", "+$")


def plain_name(name: str) -> str:
    """A dotted or underscored key as words: `us_large_cap` becomes `US large cap`."""
    return re.sub(r"\bus_", "US_", name).replace("_", " ").replace(".", ", ")


def _usd(value: float, sign: str) -> str:
    """Whole dollars with the sign before the dollar mark; `sign` is '+' to show it on gains too."""
    return (
        f"{value:{sign},.0f}".replace("-", "-$").replace("+", "+$") if value < 0 or sign else f"${value:,.0f}"
    )


def _plus_zero(text: str) -> str:
    """Without the sign that rounding leaves on a figure whose digits are all zero."""
    return text.lstrip("+-") if not any(digit in text for digit in "123456789") else text


def _trim(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text
