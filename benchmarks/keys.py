"""The master key of everything that the benchmarks seal: their people are made up."""

from typing import Final

MASTER_KEY: Final = bytes(range(32))
