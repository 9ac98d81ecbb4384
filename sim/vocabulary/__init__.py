"""The words of the model as plain data: what is counted, what a policy can move, what can be switched off.

Nothing here computes anything and nothing here imports NumPy, so every other part of the package can read it.
"""
