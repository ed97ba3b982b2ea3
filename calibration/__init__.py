"""From published evidence to what is believed: sources in, `scenarios/assumptions/<name>.yaml` out.

`calibration/sources/` holds the published figures, a folder for each document; `evidence` reads them as typed values and refuses
figures that cannot be right. What is fitted to them is written as assumptions, with sources, method, seed and digest, and can be
made again byte for byte.

It uses the simulator as anybody may, and must never be imported by `simulator` or run as part of a simulation. It must never
write a value that no source or stated judgement stands behind, never mend a published figure (what disagrees is said, and both
are kept), and never use results of the deals later than 31 December 2021.
"""

from simulator import __version__ as __version__
