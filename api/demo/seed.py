"""stub to be replaced"""

from collections.abc import Callable
from typing import Any


async def seed_demo(house: Any, address: str, say: Callable[[str], None]) -> None:
    """Seed."""
