"""An open, exact simulator of outcomes contracts (social impact bonds).

`load_scenario` reads a deal and what is believed about it; `run` simulates it. Versions of a scenario come of its method
`with_values`, of `with_levers` and of `with_overlays`. `simulate`, `settle`, `distribute` and `measure` are the four verbs that
`run` joins: each takes the scenario and the tables made so far and returns new ones; `follow` is the middle two in one, for
deals that a shortfall ends.
`load_run` reads the folder of a run back, and `write_tables` writes the tables of a run as Parquet files.
`trace` follows one replication, one person or one payment through them; `explain` says a contract in words; `compare` runs
several scenarios side by side; `reforecast` says how a running deal ends, given what is reported of it. Studies ask on:
`stress` what hurts, `breakeven` how far each thing may move, `bridge` why two scenarios differ, `luck` what is chance; `cases`
what is low, medium and high, `set_targets` where prices and terms may stand, `caps` what caps cost, `staffing` where a
specialist pays.
Names are imported when first used, so that `import simulator` is quick.
"""

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from simulator.batch import Tables as Tables
    from simulator.batch import distribute as distribute
    from simulator.batch import follow as follow
    from simulator.batch import measure as measure
    from simulator.batch import settle as settle
    from simulator.comparison import Comparison as Comparison
    from simulator.comparison import compare as compare
    from simulator.errors import Problem as Problem
    from simulator.errors import ScenarioError as ScenarioError
    from simulator.errors import SibError as SibError
    from simulator.explaining.explanation import explain as explain
    from simulator.monte_carlo import Run as Run
    from simulator.monte_carlo import run as run
    from simulator.pathway.engine import simulate as simulate
    from simulator.report.stored import load_run as load_run
    from simulator.report.tables import write_tables as write_tables
    from simulator.scenario.assumed import beta as beta
    from simulator.scenario.assumed import fixed as fixed
    from simulator.scenario.assumed import lognormal as lognormal
    from simulator.scenario.assumed import triangular as triangular
    from simulator.scenario.assumed import uniform as uniform
    from simulator.scenario.draws import draw as draw
    from simulator.scenario.load import load_scenario as load_scenario
    from simulator.scenario.load import with_overlays as with_overlays
    from simulator.scenario.model import Overlay as Overlay
    from simulator.scenario.model import Scenario as Scenario
    from simulator.studies.actuals import Actuals as Actuals
    from simulator.studies.actuals import read_actuals as read_actuals
    from simulator.studies.breakeven import BreakEven as BreakEven
    from simulator.studies.breakeven import breakeven as breakeven
    from simulator.studies.bridge import Bridge as Bridge
    from simulator.studies.bridge import bridge as bridge
    from simulator.studies.caps import CapsCost as CapsCost
    from simulator.studies.caps import caps as caps
    from simulator.studies.deal_cases import DealCases as DealCases
    from simulator.studies.deal_cases import cases as cases
    from simulator.studies.experiment import Experiment as Experiment
    from simulator.studies.lever import Lever as Lever
    from simulator.studies.levers import lever as lever
    from simulator.studies.levers import lever_names as lever_names
    from simulator.studies.levers import with_levers as with_levers
    from simulator.studies.luck import LuckStudy as LuckStudy
    from simulator.studies.luck import luck as luck
    from simulator.studies.quantities import at_least as at_least
    from simulator.studies.quantities import at_most as at_most
    from simulator.studies.reforecast import Reforecast as Reforecast
    from simulator.studies.reforecast import reforecast as reforecast
    from simulator.studies.staffing import StaffingGrid as StaffingGrid
    from simulator.studies.staffing import staffing as staffing
    from simulator.studies.stress import Stressed as Stressed
    from simulator.studies.stress import stress as stress
    from simulator.studies.targets import Targets as Targets
    from simulator.studies.targets import set_targets as set_targets
    from simulator.tracing.trace import Trace as Trace
    from simulator.tracing.trace import trace as trace

_HOMES = {
    "Actuals": "studies.actuals",
    "BreakEven": "studies.breakeven",
    "Bridge": "studies.bridge",
    "CapsCost": "studies.caps",
    "Comparison": "comparison",
    "DealCases": "studies.deal_cases",
    "Experiment": "studies.experiment",
    "Lever": "studies.lever",
    "LuckStudy": "studies.luck",
    "Overlay": "scenario.model",
    "Problem": "errors",
    "Reforecast": "studies.reforecast",
    "Run": "monte_carlo",
    "Scenario": "scenario.model",
    "ScenarioError": "errors",
    "SibError": "errors",
    "StaffingGrid": "studies.staffing",
    "Stressed": "studies.stress",
    "Tables": "batch",
    "Targets": "studies.targets",
    "Trace": "tracing.trace",
    "at_least": "studies.quantities",
    "at_most": "studies.quantities",
    "beta": "scenario.assumed",
    "breakeven": "studies.breakeven",
    "bridge": "studies.bridge",
    "caps": "studies.caps",
    "cases": "studies.deal_cases",
    "compare": "comparison",
    "distribute": "batch",
    "draw": "scenario.draws",
    "explain": "explaining.explanation",
    "fixed": "scenario.assumed",
    "follow": "batch",
    "lever": "studies.levers",
    "lever_names": "studies.levers",
    "load_run": "report.stored",
    "load_scenario": "scenario.load",
    "lognormal": "scenario.assumed",
    "luck": "studies.luck",
    "measure": "batch",
    "read_actuals": "studies.actuals",
    "reforecast": "studies.reforecast",
    "run": "monte_carlo",
    "set_targets": "studies.targets",
    "settle": "batch",
    "simulate": "pathway.engine",
    "staffing": "studies.staffing",
    "stress": "studies.stress",
    "trace": "tracing.trace",
    "triangular": "scenario.assumed",
    "uniform": "scenario.assumed",
    "with_levers": "studies.levers",
    "with_overlays": "scenario.load",
    "write_tables": "report.tables",
}
__all__ = list(_HOMES)
__version__ = "0.1.0"


def __getattr__(name: str) -> object:
    if name not in _HOMES:
        message = f"module 'simulator' has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(import_module(f"simulator.{_HOMES[name]}"), name)


def __dir__() -> list[str]:
    return __all__
