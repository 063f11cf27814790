"""A released lifecycle never changes: the log holds it, cases are pinned to it, a changed file stops the start."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.acceptance.server import command_line, home_of_a_stranger, serving, town_of
from tests.acceptance.test_order_of_checks import strict_definition
from workflows.library import OWN_FOLDER


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with home_of_a_stranger() as folder:
        yield folder


def _report(town: Town, nik: str) -> str:
    return str(stories.report(town, nik)["id"])


def test_a_case_stays_with_its_version_and_a_changed_file_is_refused(folder: Path) -> None:
    definitions = strict_definition(folder / "definitions")
    file = definitions / "jkm-claim.v2.toml"
    with serving(folder, JAMINAN_DEFINITIONS=str(definitions)) as running, town_of(running) as town:
        place = stories.enrolled_workers(town, 2)
        stories.pay(town, place, stories.MONTHS)
        claim = _report(town, place.workers[0].nik)

    told = file.read_text()
    file.write_text(told.replace("approver_1 = 41_000_000", "approver_1 = 900_000_000"))
    refused = command_line(
        folder / "home", "serve", "--demo", "--port", "0", JAMINAN_DEFINITIONS=str(definitions)
    )
    assert refused.returncode == 1 and "ready" not in refused.stdout
    assert str(file) in refused.stderr or file.name in refused.stderr
    assert "raise the version to 3" in refused.stderr and "Restore it" in refused.stderr
    assert "Traceback" not in refused.stderr

    with serving(folder) as running, town_of(running) as town:  # the file is gone: the log has it
        dewi = town.person("Dewi", "approver_1")
        assert dewi.get(f"/v1/claims/{claim}")["definition"] == "jkm-claim@2"
        stories.file(town, claim)
        stories.calculate(town, claim)
        body = {"amount": 42_000_000}
        dewi.refused(f"/v1/claims/{claim}/steps/approve", body, status=403, code="authority_exceeded")

    file.unlink()
    (definitions / "jkm-claim.v3.toml").write_text(
        told.replace("version = 2", "version = 3").replace(
            "approver_1 = 41_000_000", "approver_1 = 900_000_000"
        )
    )
    with serving(folder, "--definitions", str(definitions)) as running, town_of(running) as town:
        later = _report(town, place.workers[1].nik)
        dewi = town.person("Dewi", "approver_1")
        assert dewi.get(f"/v1/claims/{later}")["definition"] == "jkm-claim@3"
        assert dewi.get(f"/v1/claims/{claim}")["definition"] == "jkm-claim@2"


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ('to = "APPROVED"', ("jkm-claim.v1.toml", "raise the version")),
        ('roles = ["finance"]', ("jkm-claim.v9.toml", "order_payment")),
    ],
    ids=["our own version with other content", "a new version with a role nobody has"],
)
def test_a_definition_that_does_not_hold_stops_the_start_with_a_sentence(
    folder: Path, tmp_path: Path, changed: str, said: tuple[str, str]
) -> None:
    text = (OWN_FOLDER / "jkm-claim.v1.toml").read_text()
    assert changed in text
    if said[0] == "jkm-claim.v1.toml":
        text = text.replace("approver_1 = 100_000_000", "approver_1 = 1")
    else:
        text = text.replace("version = 1", "version = 9").replace(changed, 'roles = ["cashier"]')
    (tmp_path / said[0]).write_text(text)
    refused = command_line(
        folder / "another home", "serve", "--demo", "--port", "0", "--definitions", str(tmp_path)
    )
    assert refused.returncode == 1 and "ready" not in refused.stdout
    assert all(word in refused.stderr for word in said), refused.stderr
    assert "Traceback" not in refused.stderr
