"""What else carries a claim's effect: what is left when the mechanism it names is cut, with one more cut in turn.

A ledger says of an effect how much of it is left without the mechanism that the claim names. Here the same arms are run
with that one cut and each other mechanism, too, in the same worlds with the same luck; what is lost by it is what that
mechanism carries. :mod:`measure` takes the differences, :mod:`reading` says by stated rules what they mean,
:mod:`words` says it to people, :mod:`plan` says what is to be run, and :mod:`trial` runs it.
"""
