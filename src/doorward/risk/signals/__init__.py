"""The signals, by group. Each looks at one thing, says what it is worth and explains itself.

A signal takes the `Scene` and returns a `Reason`, or None where it has nothing to say.
"""
