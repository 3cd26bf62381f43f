"""How good the risk engine is: the public data set's format, a synthesiser of it, and the measurements."""
