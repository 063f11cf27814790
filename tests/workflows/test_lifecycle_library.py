"""Versions side by side: the right one for the day of the event, and none that changes after release."""

from datetime import date
from pathlib import Path

import pytest

from domain.refusal import NotFound
from tests.workflows.small_lifecycle import KNOWN, SMALL, small
from workflows.definition_file import DefinitionRefused
from workflows.diagram import diagram
from workflows.library import OWN_FOLDER, Library
from workflows.proofs import prove_all

SECOND = SMALL.replace("version = 1", "version = 2").replace("2015-07-01", "2024-01-01")


def folder(path: Path, **files: str) -> Path:
    path.mkdir()
    for name, text in files.items():
        (path / f"{name.replace('_', '.')}.toml").write_text(text, encoding="utf-8")
    return path


def test_the_day_of_the_event_chooses_the_version(tmp_path: Path) -> None:
    library = Library.load(
        folder(tmp_path / "own", small_v1=SMALL), folder(tmp_path / "more", small_v2=SECOND)
    )
    assert library.latest("small", date(2023, 12, 31)).key == "small@1"
    assert library.latest("small", date(2024, 1, 1)).key == "small@2"
    with pytest.raises(NotFound, match="small@1 is the first, from 2015-07-01"):
        library.latest("small", date(2015, 6, 30))
    with pytest.raises(NotFound, match="There is no definition smal"):
        library.latest("smal", date(2024, 1, 1))


def test_a_definition_is_found_by_its_key(tmp_path: Path) -> None:
    library = Library.load(folder(tmp_path / "own", small_v1=SMALL))
    assert library.get("small@1").file.endswith("small.v1.toml")
    assert [one.key for one in library] == ["small@1"]
    with pytest.raises(NotFound, match='Did you mean "small@1"'):
        library.get("small@2")


def test_the_same_version_twice_is_one(tmp_path: Path) -> None:
    own = folder(tmp_path / "own", small_v1=SMALL)
    more = folder(tmp_path / "more", small_v1="# the same, with a comment\n" + SMALL)
    assert len(Library.load(own, more)) == 1


def test_the_same_version_with_other_content_is_refused_naming_both(tmp_path: Path) -> None:
    own = folder(tmp_path / "own", small_v1=SMALL)
    more = folder(tmp_path / "more", small_v1=SMALL.replace("100_000_000", "1_000_000"))
    with pytest.raises(DefinitionRefused) as refused:
        Library.load(own, more)
    [finding] = refused.value.findings
    assert str(own / "small.v1.toml") in finding.problem
    assert finding.file == str(more / "small.v1.toml")
    assert "raise the version to 2" in finding.remedy


def test_a_file_that_changed_after_it_was_published_is_refused(tmp_path: Path) -> None:
    library = Library.load(folder(tmp_path / "own", small_v1=SMALL))
    library.check_published({"small@1": small().digest, "gone@1": "0" * 64})
    with pytest.raises(DefinitionRefused, match="small@1 is known from the log with other content"):
        library.check_published({"small@1": small(("100_000_000", "1")).digest})


def test_a_file_is_named_after_what_it_holds(tmp_path: Path) -> None:
    with pytest.raises(DefinitionRefused, match=r"Name the file small\.v1\.toml"):
        Library.load(folder(tmp_path / "own", other_v1=SMALL))


@pytest.mark.parametrize(
    ("content", "problem"),
    [
        (b"name = ", "This is not TOML"),
        (b"\xff\xfe", "The file cannot be read"),
        (b"", 'The key "name" is missing'),
        (b"step = 3\nstatus = [1]", "step: 3 does not belong here"),
        (b"[[step]]\n[[step]]\nname = 1", "number 1: The key"),
    ],
)
def test_a_file_that_is_no_definition_is_refused_in_words(
    tmp_path: Path, content: bytes, problem: str
) -> None:
    (tmp_path / "small.v1.toml").write_bytes(content)
    with pytest.raises(DefinitionRefused) as refused:
        Library.load(tmp_path)
    assert problem in str(refused.value)


def test_the_findings_of_all_files_come_together(tmp_path: Path) -> None:
    broken = SMALL.replace("length = 3", "length = 0")
    with pytest.raises(DefinitionRefused) as refused:
        Library.load(
            folder(tmp_path / "own", small_v1=broken, small_v2=SECOND.replace("[[clock]]", "[[clok]]"))
        )
    assert {Path(finding.file).name for finding in refused.value.findings} == {
        "small.v1.toml",
        "small.v2.toml",
    }


def test_a_folder_that_does_not_exist_is_refused(tmp_path: Path) -> None:
    with pytest.raises(DefinitionRefused, match="does not exist"):
        Library.load(tmp_path / "none")


def test_a_library_that_is_not_proved_is_refused() -> None:
    prove_all(Library([small()]), KNOWN)
    with pytest.raises(DefinitionRefused, match="step approve: The person who took calculate"):
        prove_all(Library([small(('separate_from = ["desks"]', 'separate_from = ["report"]'))]), KNOWN)


def test_a_diagram_shows_every_status_and_step() -> None:
    for definition in Library.load(OWN_FOLDER):
        drawn = diagram(definition)
        assert drawn.startswith("stateDiagram-v2\n")
        for name in (*definition.statuses, *definition.steps):
            assert name in drawn
    assert diagram(small(), "id").splitlines()[1] == "    REPORTED: Dilaporkan"
    assert "    [*] --> REPORTED: report" in diagram(small())
    assert "    CLOSED --> [*]" in diagram(small())
