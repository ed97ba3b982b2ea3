"""Shows what a run found: figures, one self-contained document, the run folder, the lines of a terminal.

Everything here is read off a `Run`: its estimates, its quarterly series, its scenario. This package must never simulate,
settle or pay anything, and never compute a result that the run does not hold: it sorts, words and draws. It is the only
package that imports matplotlib and Jinja2.
"""
