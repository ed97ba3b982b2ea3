"""What the diagnostics found, in sentences and in rows of a table for readers."""

from collections.abc import Sequence
from math import isfinite

from calibration.about import About, Kind
from calibration.diagnostics.figures import SHORT, conversion_in_words, unknown_in_words
from calibration.diagnostics.findings import Findings, count_rows
from calibration.diagnostics.identification import Ridge
from calibration.diagnostics.intervals import Predicted
from calibration.diagnostics.left_out import LeftOut
from calibration.diagnostics.predictive import Checked
from calibration.diagnostics.sensitivity import MOVES, Effect, ranked
from calibration.fit import TOLD
from simulator.progress import PAYMENTS
from simulator.words import MINUS, MONEY, Unit, listed, name_in_words, say_date, short_pounds

Row = tuple[str, list[str]]
_TABLES = {table: f"Table {table}" for table in ("9", "10", "11", "8", "12")} | {
    "payments by quarter": "Payments by claim quarter (INDIGO dataset)"
}
"""Titles of the tables, in the order in which they are shown."""
_SHIFTS = ("up", "down")
_SHOWN = 8
"""Priors shown for each deal."""


def population_in_words(name: str) -> str:
    """Return the name of a population with a capital.

    >>> population_in_words("learning_disabilities")
    'Learning disabilities'
    """
    return name_in_words(name)


def answer(found: Findings) -> list[str]:
    """Return the main findings about a population in a few sentences."""
    inside, rows = found.predictive.counts_inside(), count_rows(found.predictive)
    outside = [f"{SHORT[deal]} {name_in_words(name).lower()}s" for deal, name, good in inside if not good]
    naive = sorted(row["width_to_naive"] for row in rows)
    to_draws = sorted(row["width_to_draws"] for row in rows)
    own = sorted(row["width_to_model_repeat"] for row in rows)
    hardly = {one.parameter.name for one in found.identified if one.resolved < TOLD}
    names = {one.parameter.name for one in found.identified}
    said = [
        f"{len(inside) - len(outside)} of the {len(inside)} counts of table 9 lie inside their intervals of nine in ten"
        + (f"; outside: {listed(outside)}." if outside else "."),
        f"The intervals are {naive[0]:.2f} to {naive[-1]:.2f} times as wide as those from the counts alone (median "
        f"{naive[len(naive) // 2]:.2f}), and {own[0]:.2f} to {own[-1]:.2f} times (median {own[len(own) // 2]:.2f}) as wide as a "
        "repeat with the model's own luck, which is more than that of independent people: the stream of referrals swings, and "
        "capacity binds.",
        f"They are {to_draws[0]:.2f} to {to_draws[-1]:.2f} times as wide as those from the posterior's draws, which the exported "
        "sets stand in for.",
        f"Of {len(names)} parameters the published figures hardly tell {len(hardly)} for at least one deal: less than "
        f"{100 * TOLD:.0f}% of the prior variance is gone. What is forecast rests on their priors.",
    ]
    return [*said, *_left_out_in_words(found.left_out)]


def _left_out_in_words(found: Sequence[LeftOut]) -> list[str]:
    predicted = [each for each in found if each.about.kind == "conversion"]
    if not predicted:
        return ["There is one such deal, so none can be left out and predicted from the others."]
    inside = sum(each.others.inside for each in predicted)
    better = sum(each.score < each.prior_score for each in predicted)
    deals = len({each.deal for each in predicted})
    return [
        f"Left out one at a time, {inside} of {len(predicted)} conversions lie inside the intervals that the other deals give; "
        f"{better} are predicted better with the other deals than without. {deals} sites are few: such a count can hardly tell "
        "a good model from a fair one."
    ]


def say_figure(unit: Unit, value: float) -> str:
    """Return a figure in words, pounds in short; what is paid for each of none has no value.

    >>> say_figure(MONEY, 560946.0), say_figure(MONEY, float("inf"))
    ('£561k', 'none')
    """
    if not isfinite(value):
        return "none"
    return short_pounds(value) if unit is MONEY else unit.say(value)


def published_rows(checked: Sequence[Checked]) -> list[tuple[str, list[tuple[str, str, list[str]]]]]:
    """Return for each source its figures: name, what must be known; published, median, intervals, and place."""
    groups = []
    for table, title in _TABLES.items():
        of_it = [each for each in checked if each.published.table == table]
        rows = [(_of_deal(each.published.deal, each.published.about), each.note, _cells(each)) for each in of_it]
        if rows:
            groups.append((title, rows))
    return groups


_WORDS: dict[Kind, str] = {
    "count": "{step}s",
    "success": "success rate, {step}",
    "conversion": "{conversion}",
    "price": "paid for each {step}",
    "flow": "a quarter and specialist, {step}",
    "paid": "payments to date",
    "quarter": "quarter to {quarter_end}",
}


def figure_in_words(about: About) -> str:
    """Return what a figure is about.

    >>> figure_in_words(About("flow", "job_start")), figure_in_words(About("price", "job_start", to_total=True))
    ('a quarter and specialist, job start', 'paid for each job start, difference to the four')
    """
    words = _WORDS[about.kind].format(
        step=name_in_words(about.step or "sum").lower(),
        conversion=conversion_in_words(about).lower(),
        quarter_end=about.quarter_end,
    )
    if not about.to_total:
        return words
    return f"{'conversion, ' if about.kind == 'conversion' else ''}{words}, difference to the four"


def _of_deal(deal: str, about: About) -> str:
    return f"{SHORT[deal]}: {figure_in_words(about)}"


def _cells(each: Checked) -> list[str]:
    unit, found = each.published.unit, each.predicted
    low, first, middle, third, high = (say_figure(unit, value) for value in found.quantiles)
    return [
        say_figure(unit, found.reported), middle, f"{first} to {third}", f"{low} to {high}", "yes" if found.inside else "no",
        f"{100 * found.percentile:.0f}",
    ]  # fmt: skip


def width_rows(found: Findings) -> list[tuple[str, list[Row]]]:
    """Return for each deal its counts: the interval of each, those from the counts alone, and that from the draws."""
    groups: dict[str, list[Row]] = {SHORT[deal]: [] for deal in found.deals}
    for row in count_rows(found.predictive):
        cells = [
            f"{row['published']:,.0f}", f"{row['q05']:,.0f} to {row['q95']:,.0f}", "yes" if row["inside_90"] else "no",
            f"{row['width']:,.0f}", f"{row['naive_q05']:,.0f} to {row['naive_q95']:,.0f}", f"{row['naive_width']:,.0f}",
            f"{row['width_to_naive']:.2f}", f"{row['model_luck_width']:,.0f}",
            f"{row['width_to_model_repeat']:.2f}", f"{row['width_to_draws']:.2f}",
        ]  # fmt: skip
        groups[SHORT[row["deal"]]].append((f"{name_in_words(row['figure'])}s", cells))
    return list(groups.items())


def told_rows(found: Findings) -> list[tuple[str, list[Row]]]:
    """Return for each deal its parameters: prior and posterior spread, shift, part told, what each goes with."""
    groups = []
    for deal in found.deals:
        rows: list[Row] = []
        for each in (one for one in found.identified if one.deal == deal):
            beside = "; ".join(f"{name_in_words(name).lower()} {_signed(rho)}" for name, rho in each.goes_with)
            cells = [
                each.parameter.prior.scale, f"{each.prior_sd:.2f}", f"{each.posterior_sd:.2f}", _signed(each.shift),
                f"{100 * max(0.0, each.resolved):.0f}%", each.verdict, beside,
            ]  # fmt: skip
            rows.append((name_in_words(each.parameter.name), cells))
        groups.append((SHORT[deal], rows))
    return groups


def _signed(value: float, digits: int = 2) -> str:
    return f"{value:+.{digits}f}".replace("-", MINUS)


def ridge_in_words(found: Sequence[Ridge]) -> list[str]:
    """Return what the ridge of sustainments shows, deal by deal."""
    return [
        f"{SHORT[each.deal]}: correlation {_signed(each.correlation)}; of the variances of the logarithms, "
        f"{_gone(each.resolved[0])} of that of job loss is gone, {_gone(each.resolved[1])} of that of contact, "
        f"{_gone(each.resolved[2])} of that of the probability that a job is sustained and known to "
        f"be, which is {each.product:.2f}."
        for each in found
    ]


def _gone(part: float) -> str:
    return f"{100 * max(0.0, part):.0f}%"


def effect_rows(found: Sequence[Effect]) -> list[Row]:
    """Return, of one deal, the priors that move payments most: changes of payments and sustainments, what draws are worth."""
    size = {(each.unknown, each.move, each.quantity): each for each in found}
    rows = []
    for name in ranked(list(found), PAYMENTS)[:_SHOWN]:
        cells = [_change(size[name, move, PAYMENTS]) for move in MOVES]
        cells += [_change(size[name, move, "sustainment"]) for move in _SHIFTS]
        worth = min(
            size[name, move, PAYMENTS].effective for move in MOVES if size[name, move, PAYMENTS].percent is not None
        )
        rows.append((unknown_in_words(name), [*cells, f"{100 * worth:.0f}%"]))
    return rows


def _change(each: Effect) -> str:
    if each.percent is None or each.sds is None:
        return "not told"
    return f"{_signed(each.percent, 1)}% ({_signed(each.sds)})"


def left_out_rows(found: Sequence[LeftOut]) -> list[Row]:
    """Return for each deal left out its referrals, which were given, and its conversions as predicted."""
    rows = []
    for each in found:
        given = each.about.kind == "count"
        form = "{:,.0f}" if given else "{:.1f}%"
        cells = [
            form.format(each.others.reported), form.format(each.others.median), _ends(each.others, form),
            "yes" if each.others.inside else "no", f"{100 * each.others.percentile:.0f}",
            "" if given else f"{each.score:.1f}", "" if given else _ends(each.prior, form),
            "" if given else f"{each.prior_score:.1f}",
        ]  # fmt: skip
        rows.append((f"{_of_deal(each.deal, each.about)}{' (given)' if given else ''}", cells))
    return rows


def _ends(found: Predicted, form: str) -> str:
    return f"{form.format(found.quantiles[0])} to {form.format(found.quantiles[-1])}"


def fitted_in_words(found: Findings) -> str:
    """Return from what the diagnostics were computed."""
    sampled = found.fit.sampled
    ends = {say_date(known.period_end) for known in found.fit.setup.evidence.values()}
    return (
        f"{len(found.deals)} {'deals' if len(found.deals) > 1 else 'deal'}, figures to {listed(sorted(ends))}; "
        f"{len(sampled.scores):,} draws of {len(found.fit.setup.unknowns.all)} unknowns (largest split R-hat "
        f"{sampled.shrink.max():.3f}, worth at least {sampled.effective.min():,.0f} independent draws); "
        f"{found.predictive.replications:,} replications of each deal."
    )


def terminal(found: Findings, name: str) -> str:
    """Return the main findings about a population as text for a terminal."""
    rows = count_rows(found.predictive)
    lines = [population_in_words(name), *(f"  {sentence}" for sentence in answer(found)), ""]
    lines.append(
        f"  {'':<34}{'published':>10}{'nine in ten':>16}{'inside':>8}{'width':>8}{'naive':>8}{'ratio':>7}{'luck':>7}{'ratio':>7}"
    )
    for row in rows:
        what = f"{SHORT[row['deal']]}: {name_in_words(row['figure']).lower()}s"
        ends = f"{row['q05']:,.0f} to {row['q95']:,.0f}"
        inside = "yes" if row["inside_90"] else "NO"
        lines.append(
            f"  {what:<34}{row['published']:>10,.0f}{ends:>16}{inside:>8}{row['width']:>8,.0f}{row['naive_width']:>8,.0f}"
            f"{row['width_to_naive']:>7.2f}{row['model_luck_width']:>7,.0f}{row['width_to_model_repeat']:>7.2f}"
        )
    lines += [
        "",
        "  naive: a repeat, from the counts alone; luck: the model's, at the posterior's mean, and the ratio to the square root",
        "  of two times it: a repeat of which one run with that luck is known.",
    ]
    return "\n".join(lines)
