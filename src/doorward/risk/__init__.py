"""The risk engine: what to think of one attempt, and what the pool's policy makes of it.

Pure: no input or output, no clock, no chance, nothing of the rest of Doorward. The model: `docs/risk.md`.
"""
