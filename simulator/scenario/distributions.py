"""What may be believed about a number: a value, or a distribution over values, with its unit, source and quality.

A draw goes through the distribution's inverse, so that any place in the unit cube, random or designed, has its values.
"""

import math
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator, Discriminator, Field, Tag, model_validator
from scipy.special import betaincinv, ndtri

from simulator.scenario.base import Positive, Record, percent_hint, problem

Floats = NDArray[np.float64]
Quality = Literal["A", "B", "C", "D", "E"]
QUALITIES = {
    "A": "printed in a source document",
    "B": "derived from printed figures by arithmetic",
    "C": "published literature",
    "D": "a choice where the sources are silent or disagree",
    "E": "nobody's evidence",
}


def _three(value: float) -> str:
    """Return a number to three figures, or whole where that says more.

    >>> _three(0.70249), _three(1182.4)
    ('0.702', '1,182')
    """
    return f"{value:,.0f}" if abs(value) >= 1000 else f"{value:.3g}"


class Belief(Record):
    """An assumption: how much, in what unit, who says so and how good that is."""

    unit: str
    """Unit of the value, for example `per month`, `days`, `probability`."""
    source: str = Field(min_length=3)
    """Where the number comes from."""
    quality: Quality
    """A printed, B derived, C literature, D a choice, E nobody's evidence."""
    multiply: Positive = 1.0
    """Factor that overlays apply to whatever is drawn."""


class Fixed(Belief):
    """One value, held to be known."""

    value: float
    """The value."""

    @property
    def is_fixed(self) -> bool:
        """True: a draw is always the same."""
        return True

    def support(self) -> tuple[float, float]:
        """Return the lowest and the highest value possible."""
        return self.value * self.multiply, self.value * self.multiply

    def quantile(self, u: Floats) -> Floats:
        """Return the value at each u, shape (n,)."""
        return np.full(u.shape, self.value * self.multiply)

    def words(self) -> str:
        """Return the belief as a reader would write it."""
        return f"{self.value * self.multiply:g}"


class Spread(Belief):
    """A distribution: what the four families share."""

    @property
    def is_fixed(self) -> bool:
        """False: draws differ."""
        return False


def _mean_of_probability(mean: float) -> float:
    if not 0 < mean < 1:
        message = f"the mean of a beta distribution lies between 0 and 1 and cannot be {mean:g}{percent_hint(mean)}"
        raise problem("PROB_RANGE", message)
    return mean


class Beta(Spread):
    """Beta by mean and concentration (or standard deviation), on 0 to 1."""

    distribution: Literal["beta"]
    """The family."""
    mean: Annotated[float, AfterValidator(_mean_of_probability)]
    """Mean."""
    concentration: Positive | None = None
    """Sum of the two shape parameters: a prior worth this many observations."""
    sd: Positive | None = None
    """Standard deviation, instead of the concentration."""

    @model_validator(mode="after")
    def _one_width(self) -> "Beta":
        if (self.concentration is None) == (self.sd is None):
            raise problem("DISTRIBUTION", "give either concentration or sd")
        if self.sd is not None and self.sd**2 >= self.mean * (1 - self.mean):
            raise problem("DISTRIBUTION", f"sd {self.sd:g} is too wide for a probability of mean {self.mean:g}")
        return self

    def shapes(self) -> tuple[float, float]:
        """Return the two shape parameters."""
        width = self.concentration or self.mean * (1 - self.mean) / (self.sd or math.inf) ** 2 - 1
        return self.mean * width, (1 - self.mean) * width

    def support(self) -> tuple[float, float]:
        """Return the lowest and the highest value possible."""
        return 0.0, self.multiply

    def quantile(self, u: Floats) -> Floats:
        """Return the value at each u, shape (n,)."""
        return np.asarray(betaincinv(*self.shapes(), u) * self.multiply, dtype=np.float64)

    def words(self) -> str:
        """Return the belief as a reader would write it."""
        low, high = self.quantile(np.array([0.05, 0.95]))
        return f"{self.mean * self.multiply:g} ({_three(low)} to {_three(high)})"


class Lognormal(Spread):
    """Lognormal by median and log standard deviation, or by mean and coefficient of variation; above 0."""

    distribution: Literal["lognormal"]
    """The family."""
    median: Positive | None = None
    """Median."""
    sigma: Positive | None = None
    """Standard deviation of the logarithm."""
    mean: Positive | None = None
    """Mean, instead of the median."""
    cv: Positive | None = None
    """Standard deviation over mean, instead of sigma."""

    @model_validator(mode="after")
    def _one_form(self) -> "Lognormal":
        given = [name for name in ("median", "sigma", "mean", "cv") if getattr(self, name) is not None]
        if given not in (["median", "sigma"], ["mean", "cv"]):
            raise problem("DISTRIBUTION", "give either median and sigma, or mean and cv")
        return self

    def parameters(self) -> tuple[float, float]:
        """Return the median and the log standard deviation."""
        if self.median is not None and self.sigma is not None:
            return self.median, self.sigma
        sigma = math.sqrt(math.log1p((self.cv or 0.0) ** 2))
        return (self.mean or 0.0) * math.exp(-(sigma**2) / 2), sigma

    def support(self) -> tuple[float, float]:
        """Return the lowest and the highest value possible."""
        return 0.0, math.inf

    def quantile(self, u: Floats) -> Floats:
        """Return the value at each u, shape (n,)."""
        median, sigma = self.parameters()
        return np.asarray(np.exp(sigma * ndtri(u)) * median * self.multiply, dtype=np.float64)

    def words(self) -> str:
        """Return the belief as a reader would write it."""
        low, middle, high = self.quantile(np.array([0.05, 0.5, 0.95]))
        return f"{_three(middle)} ({_three(low)} to {_three(high)})"


class Uniform(Spread):
    """Uniform between two values."""

    distribution: Literal["uniform"]
    """The family."""
    low: float
    """Lowest value."""
    high: float
    """Highest value."""

    @model_validator(mode="after")
    def _ordered(self) -> "Uniform":
        if self.low >= self.high:
            raise problem("DISTRIBUTION", f"low {self.low:g} must be below high {self.high:g}")
        return self

    def support(self) -> tuple[float, float]:
        """Return the lowest and the highest value possible."""
        return self.low * self.multiply, self.high * self.multiply

    def quantile(self, u: Floats) -> Floats:
        """Return the value at each u, shape (n,)."""
        return (self.low + u * (self.high - self.low)) * self.multiply

    def words(self) -> str:
        """Return the belief as a reader would write it."""
        low, high = self.support()
        return f"{low:g} to {high:g}"


class Triangular(Spread):
    """Triangular: lowest, likeliest, highest."""

    distribution: Literal["triangular"]
    """The family."""
    low: float
    """Lowest value."""
    mode: float
    """Likeliest value."""
    high: float
    """Highest value."""

    @model_validator(mode="after")
    def _ordered(self) -> "Triangular":
        if not (self.low <= self.mode <= self.high and self.low < self.high):
            raise problem("DISTRIBUTION", f"low {self.low:g}, mode {self.mode:g}, high {self.high:g} are not in order")
        return self

    def support(self) -> tuple[float, float]:
        """Return the lowest and the highest value possible."""
        return self.low * self.multiply, self.high * self.multiply

    def quantile(self, u: Floats) -> Floats:
        """Return the value at each u, shape (n,)."""
        width = self.high - self.low
        turn = (self.mode - self.low) / width
        place = np.where(u < turn, np.sqrt(turn * u), 1.0 - np.sqrt((1.0 - turn) * (1.0 - u)))
        return np.asarray((place * width + self.low) * self.multiply, dtype=np.float64)

    def words(self) -> str:
        """Return the belief as a reader would write it."""
        return f"{self.mode * self.multiply:g} ({self.low * self.multiply:g} to {self.high * self.multiply:g})"


def _family(value: object) -> str:
    if isinstance(value, dict):
        return "fixed" if "value" in value or "distribution" not in value else str(value["distribution"])
    return str(getattr(value, "distribution", "fixed"))


Assumption = Annotated[
    Annotated[Fixed, Tag("fixed")]
    | Annotated[Beta, Tag("beta")]
    | Annotated[Lognormal, Tag("lognormal")]
    | Annotated[Uniform, Tag("uniform")]
    | Annotated[Triangular, Tag("triangular")],
    Discriminator(_family),
]
"""A belief of any family."""
FAMILIES = ("beta", "lognormal", "uniform", "triangular")


def median(belief: Assumption) -> float:
    """Return the value that as many draws fall short of as go beyond."""
    return float(belief.quantile(np.array([0.5]))[0])
