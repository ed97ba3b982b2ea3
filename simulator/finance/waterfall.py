"""The priority of payments at a distribution (docs/model.md §12)."""

import numpy as np
from numpy.typing import NDArray

from simulator.finance.agreement import MILLION, Agreement
from simulator.kernel import kernel
from simulator.money import proportion

Ints = NDArray[np.int64]
_MILLION = MILLION


@kernel
def profit_limit(agreement: Agreement, drawn: int) -> int:
    """Return the most the investor may get above its capital: the cap in pounds or by the multiple, whichever is less."""
    by_multiple = proportion(drawn, agreement.multiple_cap, _MILLION)[0] - drawn
    return min(agreement.return_cap, by_multiple)


@kernel
def waterfall(
    agreement: Agreement, available: int, drawn: int, returned: int, profit: int, last_paid: Ints
) -> tuple[int, int, int]:
    """Return capital returned, profit and residual of one distribution; add the costs paid last to `last_paid`.

    Order: return of capital, costs due at settlement, profit up to the investor's cap, residual.

    Args:
        agreement: the terms.
        available: pence to distribute, what senior costs need set aside already.
        drawn: capital drawn so far.
        returned: capital returned so far.
        profit: profit paid so far.
        last_paid: what each of the costs paid last has had so far, shape (lines,); changed in place.
    """
    capital = min(available, drawn - returned)
    left = available - capital
    for line in range(agreement.last_amount.size):
        payment = min(left, agreement.last_amount[line] - last_paid[line])
        last_paid[line] += payment
        left -= payment
    share = min(left, max(0, profit_limit(agreement, drawn) - profit))
    return capital, share, left - share
