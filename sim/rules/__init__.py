"""Behaviour rules: small scalar functions, one file a mechanism, each beside its equation and source.

A rule takes numbers and its uniform draw and returns numbers; it never draws, never looks at a column and imports
nothing but ``math`` and ``typing`` (and the elementary functions of ``functions.py``). Both drivers call the same
rules: plain Python as they stand, Numba by registration from ``sim.model.compiled``. To keep the bits equal, rules
use no ``**``, no NumPy, no ``sum`` and clamp what goes into ``exp`` and ``log``.

Each module declares its ``Parameters``: a named tuple of floats whose field ``x`` is the parameter
``<module>.x`` of ``scenarios/parameters.yaml``, already converted to a value per day where it is a rate.
"""
