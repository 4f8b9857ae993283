"""A family's books, facts, terms and calendar, set by name instead of by place, on any kind of number."""

from collections.abc import Callable
from typing import Any, NamedTuple

from alts401k import chart
from alts401k.step import layout as at
from tests.step.kits import Kit
from tests.step.stages import NAMES

CONTRA = {"usd": "PLANS", "unit": "ISSUED", "vunit": "VISSUED", "commit": "COMMITTED", "gain": "GAIN_BASE",
          "ask": "ASKED", "paid": "PAID_BASE", "block_paid": "BLOCK_PAID_BASE"}
S_NAMES = ("R_LIQUID", "R_CASH", "R_LINE", "T_FEE", "T_CASH", "T_LINE_CAP")
L_NAMES = ("R_MARK", "CALL_USD", "CALL_SHARE", "DIST_USD", "DIST_SHARE", "T_CARRY", "T_CATCH_UP", "T_HURDLE", "T_GATE1",
           "T_GATE2", "T_FLOOR", "T_BLOCK_GATE1", "T_BLOCK_GATE2", "T_COMMIT", "T_FILL", "T_LIQUID_TARGET",
           "T_LIQUID_MIN", "T_LIQUID_MAX", "T_BLOCK_FEE", "W_DEAL", "W_OPEN", "W_CROSS", "W_SLOT", "W_BLOCK_DEAL",
           "W_BLOCK_SLOT", "W_ELIGIBLE", "W_CRYSTALLISE", "W_ASKS", "W_HERE")
V_NAMES = ("IN_USD", "IN_SHARE", "OUT_UNITS", "OUT_SHARE", "R_VLINE", "T_VFEE", "T_VLINE_CAP", "T_FAST_BAND",
           "T_SLOW_BAND", "T_MAX_CHANGE", "T_AMBER", "T_HARD_CAP", "T_COVER_AMBER", "T_COVER_RED", "T_COVER_GATED",
           "T_UNFUNDED", "T_OUTFLOW")
M_NAMES = ("M_GATE1", "M_GATE2", "M_BLOCK1", "M_BLOCK2")
NO_LIMIT = 10**9


class Sizes(NamedTuple):
    """Vintages, sleeves, slow sleeves, ring slots."""

    V: int
    S: int
    L: int
    K: int


def commodity(family: str) -> str:
    """The chart's commodity of an account family, with the two books of what was paid kept apart."""
    return "block_paid" if family.startswith("BLOCK_PAID") else chart.COMMODITY[family]


class Scene:
    """One family: vectors as lists of `number`, everything zero, no gate, no band, nothing here yet."""

    def __init__(self, sizes: Sizes, number: Callable[[Any], Any] = float) -> None:
        self.sizes, self.number, self.shape = Sizes(*sizes), number, chart.shape_of(*sizes)
        zero = number(0)
        self.b = [zero] * chart.n_accounts(self.shape)
        self.price = [number(1)] * (self.sizes.S + self.sizes.V)
        self.state = [0] * (2 * self.sizes.V)
        self.facts = [zero] * at.n_facts(self.shape)
        self.terms = [zero] * at.n_terms(self.shape)
        self.when = [0] * at.n_when(self.shape)
        self.out = [zero] * chart.n_flows(self.shape)
        self.info = [zero] * at.n_info(self.shape)
        self.when[at.W_CLEAN] = 1
        for name in ("T_GATE1", "T_GATE2", "T_BLOCK_GATE1", "T_BLOCK_GATE2", "T_AMBER", "T_HARD_CAP", "T_MAX_CHANGE"):
            self.set(name, NO_LIMIT)
        for name in ("W_HERE", "W_OPEN", "T_LIQUID_MAX"):
            self.set(name, 1)

    def places(self, name: str, s: int | None = None, v: int | None = None, k: int | None = None):
        """The vector that holds `name`, and its places: of one sleeve, vintage and slot, or of all where None."""
        V, S, L, K = self.sizes
        all_s, all_l = (range(S) if s is None else [s]), (range(L) if s is None else [s])
        all_v, all_k = (range(V) if v is None else [v]), (range(K) if k is None else [k])
        shape = self.shape
        if name == "TARGET":
            return self.terms, [at.terms_target(shape) + i * V + j for i in all_s for j in all_v]
        if name == "HOLD":
            return self.b, [chart.base_hold(shape) + i * V + j for i in all_s for j in all_v]
        if name in chart.S_FAMILIES:
            return self.b, [chart.S_FAMILIES.index(name) * S + i for i in all_s]
        if name in chart.L_FAMILIES:
            return self.b, [chart.base_l(shape) + chart.L_FAMILIES.index(name) * L + i for i in all_l]
        if name in chart.V_FAMILIES:
            return self.b, [chart.base_v(shape) + chart.V_FAMILIES.index(name) * V + j for j in all_v]
        if name in chart.LK_FAMILIES:
            first = chart.base_ring(shape) + chart.LK_FAMILIES.index(name) * L * K
            return self.b, [first + i * K + m for i in all_l for m in all_k]
        if name in ("PRICE", "VPRICE"):
            return self.price, list(all_s) if name == "PRICE" else [S + j for j in all_v]
        if name in ("REGIME", "CLEAN"):
            return self.state, [(V if name == "CLEAN" else 0) + j for j in all_v]
        return self._places_of_terms(name, all_s, all_l, all_v, all_k)

    def _places_of_terms(self, name: str, all_s, all_l, all_v, all_k):
        V, S, L, K = self.sizes
        shape, row = self.shape, getattr(at, name)
        if name in ("W_PAY_DAY", "W_CLEAN"):
            return self.when, [row]
        if name in M_NAMES:
            return self.when, [at.when_mask(shape) + row * L * K + i * K + m for i in all_l for m in all_k]
        if name.startswith("W_"):
            return self.when, [at.HEAD + row * L + i for i in all_l]
        of_terms = name.startswith("T_")
        vector = self.terms if of_terms else self.facts
        if name in S_NAMES:
            return vector, [row * S + i for i in all_s]
        if name in L_NAMES:
            return vector, [(at.terms_l if of_terms else at.facts_l)(shape) + row * L + i for i in all_l]
        if name in V_NAMES:
            return vector, [(at.terms_v if of_terms else at.facts_v)(shape) + row * V + j for j in all_v]
        raise KeyError(name)

    def set(self, name: str, value, s: int | None = None, v: int | None = None, k: int | None = None) -> None:
        """Write one number, or the same into every place of the family that the indices leave open."""
        vector, places = self.places(name, s, v, k)
        whole = vector is self.when or vector is self.state
        for place in places:
            vector[place] = int(value) if whole else self.number(value)

    def get(self, name: str, s: int | None = None, v: int | None = None, k: int | None = None):
        """One number."""
        vector, places = self.places(name, s, v, k)
        (place,) = places
        return vector[place]

    def row(self, name: str, s: int | None = None, v: int | None = None) -> list:
        """All the numbers of a family that the indices leave open."""
        vector, places = self.places(name, s, v)
        return [vector[place] for place in places]

    def flow(self, name: str, s: int = -1, v: int = -1, k: int = -1):
        """One flow of the last period by name."""
        return self.out[flow_places(self.shape)[name, s, v, k]]

    def told(self, name: str, i: int | None = None):
        """One number of info by its name in the layout: of the head, of sleeve `i` or of vintage `i`."""
        V, S, L, _ = self.sizes
        row = getattr(at, name)
        if i is None:
            return self.info[row]
        if name == "I_NET":
            return self.info[at.I_HEAD + row * S + i]
        of_l = name in ("I_ASKED", "I_FILLED", "I_CROSSED", "I_UNFILLED", "I_BLOCK_DUE", "I_BLOCK_PAID")
        return self.info[(at.info_l(self.shape) + row * L if of_l else at.info_v(self.shape) + row * V) + i]

    def balance(self) -> "Scene":
        """Let the contra accounts take what each commodity sums to, sleeve by sleeve and vintage by vintage."""
        for family in CONTRA.values():
            vector, places = self.places(family)
            for place in places:
                vector[place] = self.number(0)
        place = {a: i for i, a in enumerate(chart.accounts(self.shape))}
        for a, i in list(place.items()):
            kind = commodity(a.family)
            if a.family == CONTRA[kind]:
                continue
            if kind == "usd":
                contra = chart.Account("PLANS", -1, max(a.vintage, 0), -1)
            elif kind == "vunit":
                contra = chart.Account("VISSUED", -1, a.vintage, -1)
            else:
                contra = chart.Account(CONTRA[kind], a.sleeve, -1, -1)
            self.b[place[contra]] -= self.b[i]
        return self

    def as_numbers(self, number: Callable[[Any], Any]) -> "Scene":
        """The same scene on another kind of number."""
        other = Scene(self.sizes, number)
        for name in ("b", "price", "facts", "terms", "out", "info"):
            setattr(other, name, [number(x) for x in getattr(self, name)])
        other.state, other.when = list(self.state), list(self.when)
        return other

    def period(self, kit: Kit) -> dict[str, list]:
        """Step one period in place; balances, prices and states after each stage, by the stage's name."""
        debit, credit = kit.chart.legs(self.shape)
        kept = [[self.number(0)] * (len(self.b) + len(self.price) + len(self.state)) for _ in NAMES]
        kit.stages.stages(self.b, self.out, self.info, self.price, self.facts, self.terms, self.when, self.state,
                          debit, credit, kept, self.shape)
        return dict(zip(NAMES, kept, strict=True))

    def net_sleeve(self, s: int):
        """Net assets of a sleeve, added up from its accounts here rather than by the step."""
        names = ("CASH", "LIQUID", "LINE", "FEE_DUE")
        total = sum(self.get(name, s=s) for name in names)
        if s < self.sizes.L:
            total += sum(self.get(name, s=s) for name in ("ILLIQUID", "CALL_DUE", "CARRY_DUE"))
        return total

    def net_vintage(self, v: int):
        """Net assets of a vintage at the struck sleeve prices."""
        own = sum(self.get(name, v=v) for name in ("VCASH", "VLINE", "VFEE_DUE", "PAYABLE"))
        return own + sum(self.get("HOLD", s=s, v=v) * self.price[s] for s in range(self.sizes.S))


_PLACES: dict[chart.Shape, dict[tuple[str, int, int, int], int]] = {}


def flow_places(shape: chart.Shape) -> dict[tuple[str, int, int, int], int]:
    """Place of every flow by (name, sleeve, vintage, slot)."""
    if shape not in _PLACES:
        _PLACES[shape] = {(f.name, f.sleeve, f.vintage, f.slot): i for i, f in enumerate(chart.flows(shape))}
    return _PLACES[shape]


def sums(b: list, shape: chart.Shape) -> dict[tuple[str, int], Any]:
    """The sum of every commodity: usd as one, units and memoranda by sleeve, vintage units by vintage."""
    found: dict[tuple[str, int], Any] = {}
    for account, amount in zip(chart.accounts(shape), b, strict=True):
        kind = commodity(account.family)
        owner = {"usd": -1, "vunit": account.vintage}.get(kind, account.sleeve)
        found[kind, owner] = found.get((kind, owner), 0) + amount
    return found
