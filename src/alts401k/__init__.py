"""Evaluate, operate and document a 401(k) fund that holds alternative assets.

Every command of `alts401k` is a typed function here, loaded when it is first asked for:

>>> import alts401k
>>> results = alts401k.evaluate("examples/target-date-cit", paths=1000)  # doctest: +SKIP
>>> results.data["performance"]["paired"]["median_wealth_change"]  # doctest: +SKIP

What is wrong with an input is raised as `alts401k.Problems`, all of it at once.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from alts401k.units import Problem, Problems
    from alts401k.verbs.bench import bench_peers
    from alts401k.verbs.check import check
    from alts401k.verbs.compare import compare
    from alts401k.verbs.document import document, verify
    from alts401k.verbs.evaluate import evaluate
    from alts401k.verbs.examples import examples, new, schema
    from alts401k.verbs.explain import explain
    from alts401k.verbs.operate import operate_demo, operate_export, operate_verify

__version__ = "0.1.0"

__all__ = [
    "Problem",
    "Problems",
    "bench_peers",
    "check",
    "compare",
    "document",
    "evaluate",
    "examples",
    "explain",
    "new",
    "operate_demo",
    "operate_export",
    "operate_verify",
    "schema",
    "verify",
]

_HOMES = {
    "Problem": "alts401k.units",
    "Problems": "alts401k.units",
    "bench_peers": "alts401k.verbs.bench",
    "check": "alts401k.verbs.check",
    "compare": "alts401k.verbs.compare",
    "document": "alts401k.verbs.document",
    "evaluate": "alts401k.verbs.evaluate",
    "examples": "alts401k.verbs.examples",
    "explain": "alts401k.verbs.explain",
    "new": "alts401k.verbs.examples",
    "operate_demo": "alts401k.verbs.operate",
    "operate_export": "alts401k.verbs.operate",
    "operate_verify": "alts401k.verbs.operate",
    "schema": "alts401k.verbs.examples",
    "verify": "alts401k.verbs.document",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'alts401k' has no attribute {name!r}")
    found = getattr(import_module(_HOMES[name]), name)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
