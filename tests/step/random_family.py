"""Random families in plausible states, with the corners that break kernels switched on by name."""

import numpy as np

from tests.step.scene_books import Scene, Sizes

CORNERS = ("ties", "no_holdings", "empty_vintages", "red", "lines", "run", "zero_targets", "late", "absent")


def random_scene(seed: int, sizes: tuple[int, int, int, int], corners: frozenset[str] = frozenset()) -> Scene:
    """A balanced family on floats, its facts, terms and calendar of one period."""
    rng = np.random.default_rng(seed)
    x = Scene(Sizes(*sizes))
    targets = _targets(rng, x, corners)
    nav = 10 ** rng.uniform(6.0, 9.0, x.sizes.V)
    if "ties" in corners:
        nav = np.round(nav, -3)
    if "empty_vintages" in corners:
        nav[rng.integers(x.sizes.V)] = 0.0
    _holdings(rng, x, nav, targets, corners)
    for s in range(x.sizes.S):
        _sleeve_books(rng, x, s, corners)
    _vintage_books(rng, x, nav, corners)
    _facts(rng, x, corners)
    _terms(rng, x, corners)
    _calendar(rng, x, corners)
    return x.balance()


def _targets(rng, x: Scene, corners) -> np.ndarray:
    V, S, L, _ = x.sizes
    private = rng.uniform(0.05, 0.3, V) if L else np.zeros(V)
    weights = np.zeros((S, V))
    if L:
        weights[:L] = rng.dirichlet(np.ones(L), V).T * private
    weights[L:] = rng.dirichlet(np.ones(S - L), V).T * (1.0 - private)
    if "ties" in corners:
        weights = np.round(weights, 2)
    if "zero_targets" in corners:
        weights[rng.integers(S), rng.integers(V)] = 0.0
    for s in range(S):
        for v in range(V):
            x.set("TARGET", weights[s, v], s=s, v=v)
    return weights


def _holdings(rng, x: Scene, nav, targets, corners) -> None:
    V, S, _, _ = x.sizes
    ties = "ties" in corners
    for s in range(S):
        x.set("PRICE", 8.0 if ties else 10.0 * rng.uniform(0.4, 2.5), s=s)
    for v in range(V):
        left = nav[v]
        for s in range(S):
            usd = nav[v] * targets[s, v] * (rng.choice([0.97, 1.0, 1.03, 1.5]) if ties else rng.uniform(0.6, 1.5))
            usd = left if s == S - 1 else min(left, usd)
            if "no_holdings" in corners and rng.random() < 0.3:
                usd = 0.0
            left -= usd
            x.set("HOLD", usd / x.price[s], s=s, v=v)
        x.set("VCASH", max(0.0, left), v=v)


def _sleeve_books(rng, x: Scene, s: int, corners) -> None:
    L = x.sizes.L
    net = sum(x.row("HOLD", s=s)) * x.price[s] * (1.0 if "ties" in corners else rng.uniform(0.99, 1.01))
    debts = net * rng.uniform(0.0, 0.001)
    x.set("FEE_DUE", -debts, s=s)
    if "lines" in corners and rng.random() < 0.7:
        line = net * rng.uniform(0.0, 0.03)
        x.set("LINE", -line, s=s)
        debts += line
    if s < L:
        private = net * rng.uniform(0.6, 0.9)
        gain = private * rng.uniform(-0.1, 0.2)
        accrued = max(0.0, 0.1 * gain)
        late = net * 0.02 if "late" in corners and rng.random() < 0.5 else 0.0
        x.set("ILLIQUID", private, s=s)
        x.set("CARRY_DUE", -accrued, s=s)
        x.set("CALL_DUE", -late, s=s)
        x.set("UNFUNDED", private * rng.uniform(0.0, 1.0), s=s)
        x.set("GAIN", gain, s=s)
        x.set("HURDLE", private * rng.uniform(0.0, 0.05), s=s)
        for k in range(x.sizes.K):
            x.set("QUEUE", net * rng.uniform(0.0, 0.05) * rng.integers(2), s=s, k=k)
            x.set("PAID", net * rng.uniform(0.0, 0.02) * rng.integers(2), s=s, k=k)
            x.set("BLOCK_PAID", net * rng.uniform(0.0, 0.02) * rng.integers(2), s=s, k=k)
        net += accrued + late - private
    cash = (net + debts) * rng.uniform(0.0, 0.1)
    x.set("CASH", cash, s=s)
    x.set("LIQUID", net + debts - cash, s=s)


def _vintage_books(rng, x: Scene, nav, corners) -> None:
    for v in range(x.sizes.V):
        x.set("VFEE_DUE", -nav[v] * rng.uniform(0.0, 0.0002), v=v)
        if "lines" in corners and rng.random() < 0.7:
            x.set("VLINE", -nav[v] * rng.uniform(0.0, 0.04), v=v)
        x.set("VPRICE", 8.0 if "ties" in corners else 10.0 * rng.uniform(0.4, 2.5), v=v)
        x.set("HELD", max(0.0, x.net_vintage(v)) / x.get("VPRICE", v=v), v=v)
        if "red" in corners:
            x.set("REGIME", rng.integers(5), v=v)
            x.set("CLEAN", rng.integers(3), v=v)


def _facts(rng, x: Scene, corners) -> None:
    V, S, L, _ = x.sizes
    for s in range(S):
        x.set("R_LIQUID", rng.normal(0.005, 0.06), s=s)
        x.set("R_CASH", 0.003, s=s)
        x.set("R_LINE", 0.005, s=s)
    for s in range(L):
        x.set("R_MARK", rng.normal(0.005, 0.05) * rng.integers(2), s=s)
        x.set("CALL_SHARE", rng.uniform(0.0, 0.1), s=s)
        x.set("CALL_USD", x.get("UNFUNDED", s=s) * rng.uniform(0.0, 0.05), s=s)
        x.set("DIST_SHARE", rng.uniform(0.0, 0.03), s=s)
        x.set("DIST_USD", x.get("ILLIQUID", s=s) * rng.uniform(0.0, 0.01), s=s)
    for v in range(V):
        x.set("IN_USD", x.net_vintage(v) * rng.uniform(0.0, 0.02) * rng.integers(2), v=v)
        x.set("IN_SHARE", rng.uniform(0.0, 0.01), v=v)
        x.set("OUT_UNITS", x.get("HELD", v=v) * rng.uniform(0.0, 0.01), v=v)
        x.set("OUT_SHARE", rng.uniform(0.0, 0.02), v=v)
        x.set("R_VLINE", 0.005, v=v)
        if "run" in corners and rng.random() < 0.6:
            x.set("OUT_SHARE", rng.choice([0.6, 0.9, 1.0]), v=v)


def _terms(rng, x: Scene, corners) -> None:
    for s in range(x.sizes.S):
        x.set("T_FEE", rng.uniform(0.0, 0.001), s=s)
        x.set("T_CASH", rng.choice([0.0, 0.01]), s=s)
        x.set("T_LINE_CAP", rng.choice([0.0, 0.05]), s=s)
    for s in range(x.sizes.L):
        for name, low, high in (("T_CARRY", 0.1, 0.2), ("T_HURDLE", 0.0, 0.006), ("T_GATE1", 0.01, 0.05),
                                ("T_GATE2", 0.02, 0.08), ("T_BLOCK_GATE1", 0.01, 0.06), ("T_BLOCK_GATE2", 0.02, 0.08),
                                ("T_COMMIT", 0.0, 0.02), ("T_LIQUID_MAX", 0.2, 0.3), ("T_BLOCK_FEE", 0.0, 0.001)):
            x.set(name, rng.uniform(low, high), s=s)
        x.set("T_CATCH_UP", rng.choice([0.2, 0.5, 1.0]), s=s)
        x.set("T_FLOOR", 0.005, s=s)
        x.set("T_FILL", rng.integers(2), s=s)
        x.set("T_LIQUID_TARGET", 0.15, s=s)
        x.set("T_LIQUID_MIN", rng.choice([0.1, 0.15]), s=s)
    for v in range(x.sizes.V):
        private = sum(x.get("TARGET", s=s, v=v) for s in range(x.sizes.L))
        for name, value in (("T_VFEE", 0.0001), ("T_VLINE_CAP", rng.choice([0.0, 0.05])), ("T_MAX_CHANGE", 0.02),
                            ("T_FAST_BAND", rng.choice([0.0, 0.02])), ("T_SLOW_BAND", rng.choice([0.0, 0.03])),
                            ("T_AMBER", private + 0.03), ("T_HARD_CAP", private + 0.05), ("T_COVER_AMBER", 1.5),
                            ("T_COVER_RED", 1.1), ("T_COVER_GATED", 1.0), ("T_UNFUNDED", 1.0), ("T_OUTFLOW", 0.05)):
            x.set(name, value, v=v)


def _calendar(rng, x: Scene, corners) -> None:
    K = x.sizes.K
    x.set("W_PAY_DAY", rng.integers(2))
    x.set("W_CLEAN", 1 + rng.integers(2))
    for s in range(x.sizes.L):
        for name in ("W_DEAL", "W_OPEN", "W_CROSS", "W_BLOCK_DEAL", "W_CRYSTALLISE", "W_ASKS"):
            x.set(name, rng.integers(4) > 0, s=s)
        for name in ("W_SLOT", "W_BLOCK_SLOT", "W_ELIGIBLE"):
            x.set(name, rng.integers(K), s=s)
        for name, own in (("M_GATE1", "W_SLOT"), ("M_GATE2", "W_SLOT"), ("M_BLOCK1", "W_BLOCK_SLOT"),
                          ("M_BLOCK2", "W_BLOCK_SLOT")):
            for k in range(K):
                x.set(name, 0 if k == x.get(own, s=s) else rng.integers(2), s=s, k=k)
        if "absent" in corners and s == 0:
            _remove(x, s)


def _remove(x: Scene, s: int) -> None:
    """A slow sleeve that this fund lacks: nothing in it, nothing wanted of it, passed over."""
    names = ("CASH", "LIQUID", "LINE", "FEE_DUE", "ILLIQUID", "CALL_DUE", "CARRY_DUE", "UNFUNDED", "GAIN", "HURDLE",
             "QUEUE", "PAID", "BLOCK_PAID", "HOLD", "TARGET", "CALL_USD", "DIST_USD")
    for name in names:
        x.set(name, 0.0, s=s)
    for name in ("W_HERE", "W_DEAL", "W_OPEN", "W_CROSS", "W_BLOCK_DEAL", "W_CRYSTALLISE", "W_ASKS"):
        x.set(name, 0, s=s)
