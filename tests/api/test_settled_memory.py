"""What is large goes back to the system once a process lets go of it."""

import platform
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FILE = 16 << 20  # bytes, as a list of 100,000 rows

# The second block is the one that counts: glibc takes the size of the first as its new bound when it is let go of.
KEPT = f"""
from pathlib import Path
from resource import getpagesize
from api.collecting import settle_memory

def resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * getpagesize()

settle_memory()
before = resident()
for _ in range(2):
    block = b"x" * {FILE}
    del block
print(resident() - before)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="the setting is one of glibc")
def test_a_large_file_is_given_back() -> None:
    told = subprocess.run([sys.executable, "-c", KEPT], cwd=ROOT, check=True, capture_output=True, text=True)
    assert int(told.stdout) < FILE // 4
