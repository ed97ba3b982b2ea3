"""The posterior as assumption sets: files from which the simulator draws, with what they rest on in their headers."""

import os
import sys
from collections.abc import Mapping, Sequence
from hashlib import sha256
from pathlib import Path, PurePosixPath

import calibration
from calibration.assumption_set import base_values, beliefs, correlations, write_set
from calibration.evidence import digest_of_sources
from calibration.fit import Fit
from calibration.observations import COUNTED
from calibration.priors import FILE, read_priors
from simulator.errors import refuse
from simulator.report.in_place import clear_leftovers, free_place, scratch_beside
from simulator.scenario.load import bundled_folder, load_scenario

WINDOWS = (
    "Days of containment in the note to figure 9 of the GO Lab report; reopening, two quarters after them, is a choice"
)
"""What the days of the windows rest on."""
_DIGEST = "Digest of the lines that follow (SHA-256): "


def assumption_set(fit: Fit, deal: str) -> str:
    """Return the text of a deal's calibrated assumption set."""
    windows = fit.setup.priors.windows
    believed = beliefs(fit.fitted(deal), deal)
    named = {each.factor for each in windows}
    body = write_set(
        (),
        base_values(deal) | {name: value for name, value in believed.items() if name not in named},
        {name: value for name, value in believed.items() if name in named},
        windows,
        correlations(fit.fitted(deal)),
        WINDOWS,
        _fitted_to(fit, deal),
    )
    return (
        "".join(f"# {line}\n" for line in [*_header(fit, deal), f"{_DIGEST}{sha256(body.encode()).hexdigest()}"]) + body
    )


def digest_holds(text: str) -> bool:
    """Return whether the lines of an assumption set are those that its header gives the digest of."""
    head, _, rest = text.partition(_DIGEST)
    digest, _, body = rest.partition("\n")
    return bool(head) and sha256(body.encode()).hexdigest() == digest


def _fitted_to(fit: Fit, deal: str) -> Mapping[str, object]:
    evidence, terms = fit.setup.evidence[deal], load_scenario(deal).deal
    counts = {name: getattr(evidence.counts, name) for name in COUNTED}
    return {
        "deal": terms.name,
        "service_start": terms.term.service_start,
        "term_end": terms.term.term_end,
        "as_of": evidence.period_end,
        "counts": counts,
    }


def _header(fit: Fit, deal: str) -> list[str]:
    name, together = load_scenario(deal).deal.name, len(fit.setup.population.deals)
    beside = f", together with the other {together - 1} deals of its kind" if together > 1 else ""
    return [
        f"What is believed of {name}, fitted to its published results up to {fit.setup.evidence[deal].period_end}{beside}.",
        "Written by `sib-calibrate export` and not by hand: the same command writes the same bytes. A month is 30.4375 days.",
        "Sources: calibration/sources, whose README says how each table is read: tables 3, 7, 9, f, h, figure 9 and appendix I",
        "of the GO Lab report, payments by quarter of the INDIGO dataset, literature.",
        f"Their digest (SHA-256): {digest_of_sources()}",
        f"Priors: calibration/priors.yaml (SHA-256): {sha256(FILE.read_bytes()).hexdigest()}",
        "Method: docs/calibration.md. Simulated replications at parameters drawn from the prior, a quadratic emulator of the",
        "figures, elliptical slice sampling, and again where the posterior is; margins and correlations of its draws.",
        f"Seed {fit.seed}; {fit.replications} replications of each deal in each of {fit.rounds} rounds;"
        f" {len(fit.sampled.scores)} draws; calibration {calibration.__version__}.",
        f"Largest split R-hat {fit.sampled.shrink.max():.3f}; fewest effective draws {fit.sampled.effective.min():.0f};"
        f" the last round moved no mean by more than {fit.moved:.2f} of its standard deviation.",
    ]


def check_sets(folder: Path | None, populations: Sequence[str] = (), replace: bool = False) -> Path:
    """Return the folder for assumption sets of populations; the scenarios' own if none is given.

    Args:
        folder: the folder.
        populations: their names; all if none is given. A name that is not known has no sets.
        replace: whether files are allowed in their places that were not written here, or were changed since; they are kept.

    Raises:
        SibError: where it is a file, or a set would take the place of such a file.
    """
    place, known = folder or bundled_folder() / "assumptions", read_priors().populations()
    refuse(place.exists() and not place.is_dir(), f"{place} is a file, and no folder for assumption sets")
    deals = [deal for name in populations or known for deal in (known[name].deals if name in known else ())]
    theirs = [path.name for path in (place / f"{deal}.yaml" for deal in deals) if _is_foreign(path)]
    refuse(
        bool(theirs) and not replace,
        f"{place} holds files that `sib-calibrate export` did not write, or that were changed since ({', '.join(theirs)}); name "
        "another folder, or give --replace (in Python replace=True), which keeps them beside the new ones",
    )
    return place


def _is_foreign(path: Path) -> bool:
    """Return whether something stands there that is not an assumption set as it was written here."""
    if path.is_symlink() or not path.is_file():
        return os.path.lexists(path)
    try:
        return not digest_holds(path.read_text(encoding="utf-8"))
    except ValueError:
        return True


def write_sets(fits: Mapping[str, Fit], folder: Path | None = None, *, replace: bool = False) -> list[Path]:
    """Write the assumption sets of all deals fitted and return their paths.

    Args:
        fits: by population.
        folder: where; the scenarios' own folder of assumption sets if none is given.
        replace: whether files are allowed in their places that were not written here, or were changed since; they are kept, as
            `NAME.kept`.

    Raises:
        SibError: as `check_sets` does.
    """
    place = check_sets(folder, tuple(fits), replace)
    place.mkdir(parents=True, exist_ok=True)
    texts = {deal: assumption_set(fit, deal) for fit in fits.values() for deal in fit.setup.population.deals}
    return [_write(place / f"{deal}.yaml", text) for deal, text in texts.items()]


def _write(path: Path, text: str) -> Path:
    """Write a file that is there whole or not at all; what stands there and was not written here is kept beside it."""
    clear_leftovers(path)
    with scratch_beside(path) as folder:
        new = folder / path.name
        new.write_text(text, encoding="utf-8", newline="\n")
        if _is_foreign(path):
            kept = path.rename(free_place(path.parent, PurePosixPath(path.name)))
            print(f"{path}: what stood there is kept as {kept.name}", file=sys.stderr)
        return new.replace(path)
