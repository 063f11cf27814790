"""What we serve of others' work: unchanged, under a named licence, and calling no outside address."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.http.docs import POLICY, STATIC, add_docs
from tests.architecture.sources import VENDORED

PACKAGES = sorted(path for folder in VENDORED for path in folder.iterdir() if path.is_dir())


@pytest.mark.parametrize("package", PACKAGES, ids=lambda path: path.name)
def test_vendored_files_are_those_of_the_manifest(package: Path) -> None:
    manifest = json.loads((package / "manifest.json").read_text(encoding="utf-8"))
    found = {
        path.name: sha256(path.read_bytes()).hexdigest()
        for path in package.iterdir()
        if path.name != "manifest.json"
    }
    assert found == manifest["sha256"]
    assert {"name", "version", "licence"} <= manifest.keys()
    assert "LICENSE" in found


def test_the_reference_page_is_served_with_all_it_asks_for() -> None:
    client = TestClient(_app())
    answer = client.get("/docs")
    assert answer.headers["content-security-policy"] == POLICY
    asked = re.findall(r'(?:src|href)="([^"]+)"', answer.text)
    local = [address for address in asked if address != "data:,"]
    assert len(local) == 5
    assert all(client.get(f"/{address}").status_code == 200 for address in local)


def test_our_own_part_of_the_page_names_no_address_and_no_inline_script() -> None:
    """The policy would refuse both; the page must not depend on being refused."""
    own = [path for path in STATIC.iterdir() if path.is_file()]
    assert own
    assert not [
        path.name for path in own if "//" in re.sub(r"(^|\s)//.*", "", path.read_text(encoding="utf-8"))
    ]
    page = (STATIC / "reference.html").read_text(encoding="utf-8")
    assert not re.search(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=", page)


def _app() -> FastAPI:
    app = FastAPI(docs_url=None, redoc_url=None)
    add_docs(app)
    return app
