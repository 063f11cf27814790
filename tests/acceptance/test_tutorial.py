"""The tutorial is run as a reader would run it: every shell block, in order, against a real server."""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

ROOT: Final = Path(__file__).parents[2]
TUTORIAL: Final = ROOT / "docs" / "tutorial" / "first-claim.md"
PROGRAMS: Final = Path(sys.executable).parent


@pytest.fixture
def environment(tmp_path: Path) -> Iterator[dict[str, str]]:
    """Serve a demonstration from an empty home; yield the environment that the reader's terminal has."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    outside = {name: value for name, value in os.environ.items() if not name.startswith("JAMINAN_")}
    told = outside | {"JAMINAN_HOME": str(tmp_path / "home"), "BASE": f"http://127.0.0.1:{port}"}
    command = [str(PROGRAMS / "jaminan"), "serve", "--demo", "--port", str(port)]
    with subprocess.Popen(command, env=told, cwd=tmp_path, stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        try:
            assert any(line.startswith("ready ") for line in server.stdout), (
                "the server ended before it was ready"
            )
            yield told
        finally:
            server.send_signal(signal.SIGTERM)
            assert server.wait(timeout=30) == 0


@pytest.mark.timeout(300)
@pytest.mark.skipif(
    shutil.which("curl") is None, reason="the tutorial speaks through curl, which is not here"
)
def test_the_tutorial_leads_to_a_paid_and_closed_claim(environment: dict[str, str], tmp_path: Path) -> None:
    run = subprocess.run(
        ["sh", "-eu", "-c", _script(tmp_path)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, f"{run.stdout[-2000:]}\n{run.stderr[-2000:]}"
    assert run.stdout.splitlines()[-1].strip() == "CLOSED"
    assert '"same_person"' in run.stdout
    assert "42000000" in run.stdout


def _script(folder: Path) -> str:
    blocks = re.findall(
        r"^```sh\n(.*?)^```", TUTORIAL.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE
    )
    assert blocks
    return "\n".join(blocks).replace("/tmp/", f"{folder}/").replace(".venv/bin/", f"{PROGRAMS}/")
