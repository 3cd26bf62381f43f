"""The models that are compared on the same rows, behind one small interface."""
