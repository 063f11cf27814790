"""How far a build of read models is."""

import mmap


class Progress:
    """How far the read models of each process have come along the log, in memory that a later fork shares.

    up_to: the last position to be folded, 0 until that is known.
    """

    def __init__(self) -> None:
        self._reached = memoryview(mmap.mmap(-1, 16)).cast("q")
        self.processes = 1
        self.up_to = 0

    @property
    def done(self) -> int:
        """The position that all read models have reached."""
        return min(self._reached[: self.processes])

    def reach(self, position: int, *, process: int) -> None:
        """Note how far all read models of a process are. process: 0, or 1 for a second one."""
        self._reached[process] = position
