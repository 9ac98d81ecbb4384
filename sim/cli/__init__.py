"""The command line, one file a command: parse, call, print.

A command is a module in this folder that defines a Click command called ``command``. The first line of the module's
docstring is its line in ``cgsim --help``; the module is imported only when the command is asked for. Modules whose
name begins with an underscore are shared helpers.
"""
