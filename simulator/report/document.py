"""The report: one HTML file that needs nothing else and explains itself; the same run gives the same bytes."""

import re
from dataclasses import dataclass
from io import StringIO
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from matplotlib.figure import Figure

import simulator
from simulator.estimates import Estimate
from simulator.explaining.explanation import explain
from simulator.explaining.outcomes import milestone_in_words, payable_in_words
from simulator.explaining.prices import say_price
from simulator.explaining.said import Sentence
from simulator.measures.of_deal import key
from simulator.monte_carlo import Run
from simulator.report.answer import answer_sentences, deal_in_a_paragraph
from simulator.report.captions import Caption, captions
from simulator.report.convergence import looks_table, verdict
from simulator.report.figures import draw_figures
from simulator.report.headlines import printed_rows, sections
from simulator.report.parties import parties
from simulator.report.position import reported
from simulator.report.quarters import INVOICED, by_quarter, quarter_ends
from simulator.report.repeat import command, given_overlays
from simulator.report.sources_and_uses import reasons_of, sources_and_uses
from simulator.report.style import looks
from simulator.report.terms import (
    assumption_lines,
    grade_counts,
    in_work_before,
    rule_lines,
    weak_assumptions,
)
from simulator.scenario.distributions import QUALITIES
from simulator.words import COUNT, MONEY, Unit, name_in_words, say, say_date, say_pence


@dataclass(frozen=True)
class Shown:
    """A figure as it stands in the document."""

    caption: Caption
    svg: Markup


def page_of_run(run: Run) -> str:
    """Return the report of a run, with all its figures, as one HTML document."""
    return render(run, {name: svg(figure) for name, figure in draw_figures(run).items()})


def render(run: Run, figures: dict[str, str]) -> str:
    """Return the report of a run as one HTML document.

    Args:
        run: the run.
        figures: SVG text of its figures by name; those that are not given are left out.
    """
    page = pages()
    deal = run.scenario.deal
    return page.get_template("report.html").render(
        run=run, scenario=run.scenario, deal=deal, file=Path(run.scenario.file).name, version=simulator.__version__,
        paragraph=deal_in_a_paragraph(deal), answer=answer_sentences(run), sections=sections(run), printed=printed_rows(run),
        price_list=_price_list(run), outcomes=_outcome_rows(run), statuses=_status_rows(run), quarters=_quarter_rows(run),
        accounts=sources_and_uses(run), figures=shown(captions(run), figures), terms=_terms(run), parties=parties(run),
        assumptions=assumption_lines(run.scenario.assumptions), rules=rule_lines(run.scenario.assumptions),
        precision=verdict(run), looks=None if run.convergence is None else looks_table(run.convergence),
        grades=QUALITIES, grade_counts=grade_counts(run), weak=weak_assumptions(run), reported=reported(run),
        given=given_overlays(run.scenario), command=command(run),
        sustains_before=in_work_before(run.scenario.assumptions),
    )  # fmt: skip


def pages() -> Environment:
    """Return where templates come from, and the words for figures that they may use."""
    page = Environment(
        loader=PackageLoader("simulator.report"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    page.filters |= {
        "pence": say_pence,
        "pounds": MONEY.say,
        "count": COUNT.say,
        "day": say_date,
        "words": name_in_words,
    }
    return page


def svg(figure: Figure) -> str:
    """Return a figure as SVG text: no date, no maker, ids that depend on what is drawn alone."""
    text = StringIO()
    with looks():
        figure.savefig(text, format="svg", metadata={"Date": None, "Creator": None, "Format": None, "Type": None})
    return re.sub(r"<metadata>.*?</metadata>\s*", "", text.getvalue(), flags=re.DOTALL)


def shown(words: list[Caption], figures: dict[str, str]) -> dict[str, Shown]:
    """Return figures with their captions, as they stand in a document, by name."""
    return {each.name: Shown(each, inline(figures[each.name], each)) for each in words if each.name in figures}


def inline(text: str, caption: Caption) -> Markup:
    """Return SVG text as it can stand within a document beside others: sized by the page, ids its own, said in words.

    The text is taken as it is: it was drawn by matplotlib, which escapes what it writes.
    """
    body = text[text.index("<svg") :]
    head, _, rest = body.partition(">")
    box = re.search(r'viewBox="[^"]*"', head)
    rest = re.sub(r'\bid="', f'id="{caption.name}-', rest)
    rest = re.sub(r'href="#', f'href="#{caption.name}-', rest)
    rest = rest.replace("url(#", f"url(#{caption.name}-")
    opening = Markup('<svg {} role="img" aria-label="{}">').format(
        Markup(box.group() if box else ""), caption.alternative
    )
    return opening + Markup(rest.strip())


def _terms(run: Run) -> list[tuple[str, list[Sentence]]]:
    """Return the contract in words, by section."""
    return [(name, list(group)) for name, group in groupby(explain(run.scenario), key=lambda each: each.section)]


def _price_list(run: Run) -> list[tuple[str, str, str, str, str, str]]:
    deal = run.scenario.deal
    return [
        (
            name_in_words(outcome.outcome),
            milestone_in_words(outcome.milestone),
            say_price(outcome.price, outcome.target),
            f"{outcome.target:,}",
            "none" if outcome.count_cap == "none" else f"{outcome.count_cap:,}",
            payable_in_words(deal, outcome),
        )
        for outcome in deal.rate_card
    ]


def _outcome_rows(run: Run) -> list[tuple[str, list[str]]]:
    """Return, for each line of the price list, target, means achieved, evidenced and paid, and percentiles evidenced."""
    rows = []
    for outcome in run.scenario.deal.rate_card:
        achieved, evidenced, paid = (
            run.estimates[key(template, outcome.outcome)] for template in ("achieved.{}", "outcomes.{}", "paid.{}")
        )
        figures = [f"{outcome.target:,}", *(say(COUNT, found.mean) for found in (achieved, evidenced, paid))]
        rows.append((name_in_words(outcome.outcome), [*figures, *_percentiles(evidenced, COUNT)]))
    return rows


def _percentiles(found: Estimate, unit: Unit) -> list[str]:
    """Return median, 5th and 95th percentile in words."""
    return [say(unit, found.quantiles[i]) for i in (2, 0, 4)]


def _status_rows(run: Run) -> list[tuple[str, str, list[str]]]:
    """Return what becomes of outcomes at their prices; a person's second claim for one outcome has none and is nowhere here."""
    rows, deal = [], run.scenario.deal
    for each in ("payments.total_gbp", *reasons_of(deal), "payments.unevidenced_gbp"):
        measure, found = run.measures[each], run.estimates[each]
        rows.append((measure.label, measure.how(deal), [say(MONEY, found.mean), *_percentiles(found, MONEY)]))
    return rows


def _quarter_rows(run: Run) -> list[tuple[str, list[str]]]:
    """Return, for each invoice quarter, mean, median, 5th and 95th percentile invoiced in it, and the same cumulated."""
    rows = []
    ends = quarter_ends(run.scenario.deal)
    for end, within, total in zip(ends, *by_quarter(run, INVOICED), strict=False):
        figures = [[say(MONEY, found.mean), *_percentiles(found, MONEY)] for found in (within, total)]
        rows.append((say_date(end), figures[0] + figures[1]))
    return rows
