"""The step: one pure period of a fund family, decided phase by phase.

Every function is a kernel: plain Python that runs on float64 when compiled from ``simulate`` and on
``Decimal`` when called by ``operate``. A phase reads posted balances and writes flows into ``out`` (and
what it tells into ``info``); the drivers strike, round and post.
"""
from alts401k.step.deal import fast_sleeves, participants, slow_sleeves
from alts401k.step.fund import decide_regime, fund_sleeves, fund_vintages
from alts401k.step.price import (
    net_sleeve,
    net_vintages,
    strike_sleeves,
    strike_vintages,
    value_sleeves,
    value_vintages,
)

__all__ = [
    "decide_regime", "fast_sleeves", "fund_sleeves", "fund_vintages", "net_sleeve", "net_vintages",
    "participants", "slow_sleeves", "strike_sleeves", "strike_vintages", "value_sleeves", "value_vintages",
]
