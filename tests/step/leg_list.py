"""The table of legs written a second time, by hand, from the order of operations: what each flow debits and credits.

One row a flow: phase, name, index, debit account, credit account, commodity. Index: S a sleeve, L a slow sleeve, V a
vintage, LV a slow sleeve and a vintage, FV a fast sleeve and a vintage, LK a slow sleeve and a ring slot.
"""

LEGS = (
    # Evening. What a holding gains is debited to it and credited to the sleeve's result.
    ("value_sleeves", "MARK_LIQUID", "S", "LIQUID", "RESULT", "usd"),
    ("value_sleeves", "INTEREST", "S", "CASH", "RESULT", "usd"),
    # What is owed is a credit balance, so charging it debits the result.
    ("value_sleeves", "LINE_INTEREST", "S", "RESULT", "LINE", "usd"),
    ("value_sleeves", "FEE", "S", "RESULT", "FEE_DUE", "usd"),
    ("value_sleeves", "MARK_ILLIQUID", "L", "ILLIQUID", "RESULT", "usd"),
    ("value_sleeves", "CARRY", "L", "RESULT", "CARRY_DUE", "usd"),
    ("value_sleeves", "GAIN_FLOW", "L", "GAIN", "GAIN_BASE", "gain"),
    ("value_sleeves", "HURDLE_FLOW", "L", "HURDLE", "GAIN_BASE", "gain"),
    ("value_vintages", "VFEE", "V", "VRESULT", "VFEE_DUE", "usd"),
    ("value_vintages", "VLINE_INTEREST", "V", "VRESULT", "VLINE", "usd"),
    # Morning. Plans pay in, get units; give up units, are owed money.
    ("participants", "CONTRIBUTE", "V", "VCASH", "PLANS", "usd"),
    ("participants", "ISSUE", "V", "HELD", "VISSUED", "vunit"),
    ("participants", "CANCEL", "V", "VISSUED", "HELD", "vunit"),
    ("participants", "REDEEM", "V", "PLANS", "PAYABLE", "usd"),
    # A vintage that buys pays cash into the sleeve and holds more of its units.
    ("slow", "TRADE_SLOW", "LV", "CASH", "VCASH", "usd"),
    ("slow", "UNITS_SLOW", "LV", "HOLD", "ISSUED", "unit"),
    ("slow", "WINDOW", "LK", "PAID", "PAID_BASE", "paid"),
    ("fast", "TRADE_FAST", "FV", "CASH", "VCASH", "usd"),
    ("fast", "UNITS_FAST", "FV", "HOLD", "ISSUED", "unit"),
    # Private funds: what is committed is undrawn; a call moves it into the holding, owed until paid.
    ("fund_sleeves", "COMMIT", "L", "UNFUNDED", "COMMITTED", "commit"),
    ("fund_sleeves", "CALL", "L", "ILLIQUID", "CALL_DUE", "usd"),
    ("fund_sleeves", "CALL_MEMO", "L", "COMMITTED", "UNFUNDED", "commit"),
    ("fund_sleeves", "DISTRIBUTE", "L", "CASH", "ILLIQUID", "usd"),
    ("fund_sleeves", "PROCEEDS", "L", "CASH", "ILLIQUID", "usd"),
    ("fund_sleeves", "PAY_CALL", "L", "CALL_DUE", "CASH", "usd"),
    ("fund_sleeves", "PAY_CARRY", "L", "CARRY_DUE", "CASH", "usd"),
    ("fund_sleeves", "CRYSTALLISE", "L", "GAIN_BASE", "GAIN", "gain"),
    ("fund_sleeves", "HURDLE_RESET", "L", "GAIN_BASE", "HURDLE", "gain"),
    ("fund_sleeves", "ASK", "LK", "QUEUE", "ASKED", "ask"),
    ("fund_sleeves", "BLOCK_WINDOW", "LK", "BLOCK_PAID", "BLOCK_PAID_BASE", "paid"),
    ("fund_sleeves", "PAY_FEE", "S", "FEE_DUE", "CASH", "usd"),
    ("fund_sleeves", "BUY", "S", "LIQUID", "CASH", "usd"),
    ("fund_sleeves", "DRAW", "S", "CASH", "LINE", "usd"),
    ("fund_vintages", "VDRAW", "V", "VCASH", "VLINE", "usd"),
    ("fund_vintages", "PAY", "V", "PAYABLE", "VCASH", "usd"),
    ("fund_vintages", "PAY_VFEE", "V", "VFEE_DUE", "VCASH", "usd"),
)

# Where each account lives, and what it counts.
ACCOUNTS = {
    "S": {"CASH": "usd", "LIQUID": "usd", "LINE": "usd", "FEE_DUE": "usd", "RESULT": "usd", "ISSUED": "unit"},
    "L": {"ILLIQUID": "usd", "CALL_DUE": "usd", "CARRY_DUE": "usd", "UNFUNDED": "commit", "COMMITTED": "commit",
          "GAIN": "gain", "HURDLE": "gain", "GAIN_BASE": "gain", "ASKED": "ask", "PAID_BASE": "paid",
          "BLOCK_PAID_BASE": "paid"},
    "V": {"VCASH": "usd", "VLINE": "usd", "VFEE_DUE": "usd", "PAYABLE": "usd", "PLANS": "usd", "VRESULT": "usd",
          "HELD": "vunit", "VISSUED": "vunit"},
    "SV": {"HOLD": "unit"},
    "LK": {"QUEUE": "ask", "PAID": "paid", "BLOCK_PAID": "paid"},
}


def owner(account: str) -> str:
    """The block an account lives in."""
    (block,) = [name for name, accounts in ACCOUNTS.items() if account in accounts]
    return block


def expected(V: int, S: int, L: int, K: int) -> list[tuple]:
    """Every flow as (phase, name, (sleeve, vintage, slot), debit, credit), accounts with their own indices."""

    def account(family: str, s: int, v: int, k: int) -> tuple[str, int, int, int]:
        block = owner(family)
        return (family, s if block in ("S", "L", "SV", "LK") else -1, v if block in ("V", "SV") else -1,
                k if block == "LK" else -1)

    index = {
        "S": [(s, -1, -1) for s in range(S)], "L": [(s, -1, -1) for s in range(L)],
        "V": [(-1, v, -1) for v in range(V)], "LV": [(s, v, -1) for s in range(L) for v in range(V)],
        "FV": [(s, v, -1) for s in range(L, S) for v in range(V)],
        "LK": [(s, -1, k) for s in range(L) for k in range(K)],
    }
    return [(phase, name, i, account(debit, *i), account(credit, *i))
            for phase, name, kind, debit, credit, _ in LEGS for i in index[kind]]
