"""Adds the stored example of every event version that has none: `python -m tests.history.record`.

An example that was released is never written again. One that was not yet may be: name it, as in
`python -m tests.history.record claim.approved`.
"""

import sys
from collections.abc import Collection

from tests.history.examples import event_classes, stored_name
from tests.history.stored import path_of, record


def main(again: Collection[str]) -> None:
    for cls in event_classes():
        if stored_name(cls) in again or not path_of(cls).exists():
            sys.stdout.write(f"{record(cls).name}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
