"""What is measured of a deal: one record for each measure, with its unit, its adverse end, its words and how it is computed.

Everything that must be known of a measure stands on its record in `catalogue`; nothing is ever read out of its key but by
`names`, which takes a key and a statistic apart. This package computes no measure: contract, finance and pathway do.
"""
