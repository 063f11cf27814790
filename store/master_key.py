"""The one secret from which everything personal can be read: 32 bytes, from the environment or a file."""

import base64
import binascii
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from store.postgres import private_files

VARIABLE: Final = "JAMINAN_MASTER_KEY"
FILE_NAME: Final = "master.key"


class MasterKeyUnusable(Exception):
    """There is a master key, but it is not 32 bytes in base64. It is never replaced by a new one."""


def load_master_key(home: Path, environ: Mapping[str, str]) -> bytes:
    """Return the master key: the variable JAMINAN_MASTER_KEY, or the file `master.key` of this home.

    On the first run the file is made, readable by its owner only. Whoever loses it loses every
    personal value for ever, so it belongs into a backup apart from that of the database.
    """
    if text := environ.get(VARIABLE):
        return _decoded(text, VARIABLE)
    path = home / FILE_NAME
    if not path.exists():
        private_files.make_home(home)
        private_files.write_once(path, base64.b64encode(os.urandom(32)).decode() + "\n")
    return _decoded(path.read_text(encoding="ascii"), str(path))


def _decoded(text: str, where: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != 32:
        raise MasterKeyUnusable(f"The master key in {where} is not 32 bytes in base64")
    return key
