"""Rows like the public data set's, made up: same columns, same marginals, every choice disclosed."""
