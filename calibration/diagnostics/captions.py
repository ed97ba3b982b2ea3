"""What stands under the figures of the diagnostics, and what is read out in their place."""

from calibration.diagnostics.figures import SHORT, conversion_in_words
from calibration.diagnostics.findings import Findings, count_rows
from simulator.report.captions import Caption
from simulator.words import listed, name_in_words

_BARS = (
    "The line is the median of the prediction, the dark bar holds the middle half of the replications and the light bar nine "
    "in ten. The diamond is what is published."
)
_TEXTS = {
    "counts": "Counts of table 9, simulated from the assumption sets as exported. "
    + _BARS
    + " The thin grey line is what "
    "counts alone would give for a repeat, if people were independent and rates known only from the counts.",
    "conversions": "Conversions of table 11, which are ratios of the counts. " + _BARS,
    "payments": "Payments by claim quarter, activity payments among them. "
    + _BARS
    + " Hollow diamonds are quarters that are not "
    "fitted to: activity payments, which are terms of the contract, and quarters whose prices are not published or that a "
    "limit cut.",
    "told": "How much of each parameter's prior variance the published figures take away. Where next to nothing is gone, the "
    "posterior is the prior, and what follows from it is judgement.",
    "ridge": "Each point is a draw from the posterior. On the curve the probability that a job is sustained and that this is "
    "known stays at its median. Counts tell that probability and not which of its two parts is large.",
    "left_out": "Conversions of each deal from its own referrals and the results of the others alone. "
    + _BARS
    + " The thin grey "
    "line is what the priors give without any deal's results.",
}
_TORNADO = (
    "What the expectation at the end of the term becomes when the prior of one unknown is moved by one of its own standard "
    "deviations, largest first. The published figures hold against a prior: one that they tell well moves little."
)


def captions(found: Findings, name: str) -> dict[str, Caption]:
    """Return the captions of a population's figures by name; their ids have the population's name in them."""
    said = {key: Caption(f"{name}-{key}", text, _alternative(found, key)) for key, text in _TEXTS.items()}
    for deal in found.deals:
        shown = f"Bars of what moving each prior does to sustainments and payments of {SHORT[deal]}; the table below has figures."
        said[f"tornado_{deal}"] = Caption(f"{name}-tornado_{deal}", f"{SHORT[deal]}. {_TORNADO}", shown)
    return said


def _alternative(found: Findings, key: str) -> str:
    """Return what a figure shows, in figures where they are few."""
    if key == "counts":
        rows = count_rows(found.predictive)
        return "; ".join(
            f"{SHORT[row['deal']]}, {name_in_words(row['figure']).lower()}s: published {row['published']:,.0f}, nine in ten "
            f"{row['q05']:,.0f} to {row['q95']:,.0f}"
            for row in rows
        )
    if key == "ridge":
        return "; ".join(f"{SHORT[each.deal]}: correlation {each.correlation:.2f}" for each in found.ridges)
    if key == "left_out":
        outside = [
            f"{SHORT[each.deal]}, {conversion_in_words(each.about).lower()}"
            for each in found.left_out
            if each.about.kind == "conversion" and not each.others.inside
        ]
        return f"Predicted conversions; outside their intervals: {listed(outside) or 'none'}"
    words = {
        "conversions": "Predicted and published conversions of each deal",
        "payments": "Predicted and published payments of each claim quarter",
        "told": "Bars of the part of the prior variance that is gone, parameter by parameter and deal by deal",
    }
    return f"{words[key]}; the table below has the figures"
