"""A run of `bench peers` as a table to read."""

from __future__ import annotations

import textwrap
from typing import Any

WIDTH = 80


def peer_table(data: dict[str, Any]) -> str:
    """What `bench_peers` found, in lines of at most 80 columns: our seconds, then each program's and what differs."""
    work, ours = data["work"], data["ours"]
    lines = [
        *_wrap(f"Plain work: {work['title']}; {work['paths']:,} paths of {work['months']} months."),
        "",
        _row(f"{ours['name']} {ours['version']}", ours["seconds"], ours["prepare_seconds"], ""),
    ]
    for peer in data["peers"]:
        if peer["seconds"] is not None:
            lines += _ran(peer)
    failed = [peer for peer in data["peers"] if peer["failed"] is not None]
    absent = [peer for peer in data["peers"] if peer["version"] is None]
    for title, peers in (("DID NOT RUN", failed), ("NOT INSTALLED", absent)):
        if peers:
            lines += ["", title]
        for peer in peers:
            lines += _wrap(_why_not(peer), "  ", "    ")
    return "\n".join([*lines, "", *_wrap(data["note"])]) + "\n"


def _ran(peer: dict[str, Any]) -> list[str]:
    lines = ["", _row(f"{peer['name']} {peer['version']}", peer["seconds"], peer["prepare_seconds"], peer["ratio"])]
    if peer["agrees"] is None:
        verdict = "No number of it can be compared with ours."
    elif peer["agrees"]:
        verdict = f"Agrees with ours: mean, p5, p50, p95 within {peer['largest_gap']:.1f} standard errors."
    else:
        verdict = f"DOES NOT AGREE with ours: {peer['largest_gap']:.1f} standard errors apart."
    return lines + _wrap(f"{peer['differs']} {verdict} Licence: {peer['licence']}.", "    ", "    ")


def _row(name: str, seconds: float, prepared: float, ratio: float | str) -> str:
    times = f"{ratio:8.2f} x ours" if isinstance(ratio, float) else ""
    return f"{name:<24}{seconds:9.3f} s  (prepare {prepared:6.2f} s){times}".rstrip()


def _why_not(peer: dict[str, Any]) -> str:
    if peer["failed"] is not None:
        return f"{peer['name']} {peer['version']}: {peer['failed']}"
    return f"{peer['name']}: {peer['install']} ({peer['licence']})"


def _wrap(text: str, first: str = "", rest: str = "") -> list[str]:
    return textwrap.wrap(text, WIDTH, initial_indent=first, subsequent_indent=rest)
