"""Packages of policies: which there are (grid), which to try next (search), what they are worth (evaluation).

``frontier`` puts them together: packages are searched in some parameter worlds and tested in others.
"""
