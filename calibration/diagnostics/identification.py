"""Which parameters the published figures tell, and which they cannot."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from calibration.assumption_set import base_values
from calibration.fit import TOLD, WELL_TOLD, Fit
from calibration.priors import Parameter
from calibration.scales import from_scale
from simulator.words import name_in_words

Floats = NDArray[np.float64]
STRONG = 0.3
"""Correlations nearer to 0 are not named."""
RIDGE = ("job_loss_rate", "contact_probability")
_AGAIN = "reemployment_rate"
_DAYS, _NEEDED = 91, 63
"""Days of the thirteen weeks of a sustainment, and of the nine that must be worked."""
_MONTH = 30.4375
_DRAWS = 20_000


@dataclass(frozen=True)
class Identified:
    """What the figures tell of one parameter of one deal."""

    deal: str
    parameter: Parameter
    prior_sd: float
    """On the parameter's scale, as all standard deviations here."""
    posterior_sd: float
    shift: float
    """From the prior's mean to the posterior's, in prior standard deviations."""
    resolved: float
    """Part of the prior variance that is gone; near 0, and by chance below it, where nothing is told."""
    goes_with: tuple[tuple[str, float], ...]
    """The strongest correlations with other parameters of the deal, in the posterior."""

    @property
    def verdict(self) -> str:
        """Return how well the parameter is told, in a word or two."""
        return "well told" if self.resolved >= WELL_TOLD else "partly told" if self.resolved >= TOLD else "hardly told"


@dataclass(frozen=True)
class Ridge:
    """Draws of how fast jobs are lost and how well people are kept in touch with, of which the counts tell only the product."""

    deal: str
    job_loss: Floats
    """Per month, shape (draws,)."""
    contact: Floats
    product: float
    """Median of the probability that a job is sustained and known to be."""
    again: float
    """Median rate of new jobs, per month."""
    other_route: float
    """Chance that evidence is got without contact."""
    correlation: float
    resolved: tuple[float, float, float]
    """Of the logarithms of job loss and of contact, and of that of the product: parts of prior variance gone."""

    def contact_on_it(self, job_loss: Floats) -> Floats:
        """Return the contact probabilities that go with rates of job loss for the product to stay as it is."""
        evidenced = self.product / sustained(job_loss, np.full(len(job_loss), self.again))
        return np.asarray((evidenced - self.other_route) / (1 - self.other_route))


def identified(fit: Fit, deal: str) -> list[Identified]:
    """Return what the figures tell of each parameter of a deal, in the order of the priors."""
    fitted, resolved = fit.fitted(deal), fit.resolved(deal)
    names = [each.name for each in fitted.parameters]
    return [
        Identified(
            deal, each, each.spread, float(fitted.sd[place]), float(fitted.mean[place] - each.centre) / each.spread,
            resolved[each.name], _strongest(names, fitted.correlation[place], place),
        )
        for place, each in enumerate(fitted.parameters)
    ]  # fmt: skip


def _strongest(names: Sequence[str], correlation: Floats, place: int, most: int = 2) -> tuple[tuple[str, float], ...]:
    found = [(names[i], float(rho)) for i, rho in enumerate(correlation) if i != place and abs(rho) >= STRONG]
    return tuple(sorted(found, key=lambda pair: -abs(pair[1]))[:most])


def ridge(fit: Fit, deal: str) -> Ridge:
    """Return the ridge of a deal's posterior along which sustainments stay as they are."""
    parameters, base = fit.setup.parameters[deal], base_values(deal)
    other_route = float(base["other_route_probability"]["value"])
    values = _values(parameters, fit.draws(deal), base)
    luck = np.random.default_rng(fit.seed)
    prior = _values(parameters, np.column_stack([luck.normal(e.centre, e.spread, _DRAWS) for e in parameters]), base)
    loss, contact, again = (values[name] for name in (*RIDGE, _AGAIN))
    names = [each.name for each in parameters]
    product = _product(values, other_route)
    logs = [(np.log(values[name]), np.log(prior[name])) for name in RIDGE]
    logs.append((np.log(product), np.log(_product(prior, other_route))))
    gone = [1.0 - float(after.var() / before.var()) for after, before in logs]
    return Ridge(
        deal, loss, contact, float(np.median(product)), float(np.median(again)), other_route,
        float(fit.fitted(deal).correlation[names.index(RIDGE[0]), names.index(RIDGE[1])]),
        (gone[0], gone[1], gone[2]),
    )  # fmt: skip


def _values(parameters: Sequence[Parameter], draws: Floats, base: Mapping[str, Any]) -> dict[str, Floats]:
    """Return parameters in their units, by name, with the base set's rate of new jobs where that is no parameter."""
    found = {
        each.name: from_scale(each.prior.scale, draws[:, place], each.most) for place, each in enumerate(parameters)
    }
    return {_AGAIN: np.full(len(draws), float(base[_AGAIN].get("value", 0.0)))} | found


def _product(values: dict[str, Floats], other_route: float) -> Floats:
    contact = values["contact_probability"]
    return np.asarray((contact + (1 - contact) * other_route) * sustained(values["job_loss_rate"], values[_AGAIN]))


def sustained(job_loss: Floats, again: Floats) -> Floats:
    """Return the probabilities that a job's first thirteen weeks hold nine in work, shape (n,).

    Jobs are lost, and found again, at constant rates a month; who has a job on a day has worked it. The windows and the week's
    own rule are left out: this is to draw a curve by, and nothing is fitted to it.
    """
    lost, found = 1 - np.exp(-job_loss / _MONTH), 1 - np.exp(-again / _MONTH)
    in_work = np.zeros((_DAYS + 1, len(job_loss)))
    without = np.zeros_like(in_work)
    in_work[1] = 1.0
    for _ in range(_DAYS - 1):
        stays, comes = in_work * (1 - lost), without * found
        without = without * (1 - found) + in_work * lost
        in_work = np.zeros_like(without)
        in_work[1:] = stays[:-1] + comes[:-1]
    return np.asarray((in_work[_NEEDED:] + without[_NEEDED:]).sum(axis=0))


def cannot_be_told(found: Sequence[Identified]) -> list[str]:
    """Return sentences that say which parameters the figures hardly tell, and of which deals."""
    deals = list(dict.fromkeys(each.deal for each in found))
    hardly: dict[str, list[str]] = {}
    for each in found:
        if each.resolved < TOLD:
            hardly.setdefault(each.parameter.name, []).append(each.deal)
    everywhere = [name for name, of in hardly.items() if len(of) == _deals_with(found, name)]
    said = [_sentence(name, [] if name in everywhere else of, found) for name, of in hardly.items()]
    return said if deals else []


def _deals_with(found: Sequence[Identified], name: str) -> int:
    return sum(each.parameter.name == name for each in found)


def _sentence(name: str, of: Sequence[str], found: Sequence[Identified]) -> str:
    mine = [each for each in found if each.parameter.name == name and each.resolved < TOLD]
    most = max(0.0, *(each.resolved for each in mine))
    where = f" (of {', '.join(name_in_words(deal) for deal in of)})" if of else ""
    return (
        f"{name_in_words(name)}{where}: at most {100 * most:.0f}% of the prior variance is gone. "
        f"Prior: {mine[0].parameter.prior.source}."
    )
