"""Forged cookies, odd forms, days beyond every calendar: refused in words, never a fault of ours, and nothing told."""

import json

import httpx2
import pytest

from tests.acceptance import stories
from tests.acceptance.browser import SignIn
from tests.acceptance.office_client import Town

DEATH = {"date_of_death": "2024-05-10", "membership_start": "2023-09-01", "paid_through": "2024-08"}
ACCIDENT = {"accident_date": "2024-05-14", "membership_start": "2023-01-01", "result": "DEATH"}
NOTE = "Tetangga ragu, kata Pak Lurah"


@pytest.fixture(scope="module")
def town(own_town: Town) -> Town:
    """A town of its own: garbage shall stand in no other list."""
    return own_town


@pytest.fixture
def of_family(town: Town) -> str:
    """A claim that the persona `participant` reported."""
    place = stories.enrolled_workers(town)
    stories.pay(town, place, stories.MONTHS)
    body = {
        "kind": "jkm",
        "nik": place.workers[0].nik,
        "event_on": "2024-05-10",
        "cause": "illness",
        "reported_by": {"name": "Siti Aminah", "relation": "spouse", "phone": "085800000001"},
        "effective_on": "2024-05-13",
    }
    return str(town.person("participant", "participant").post("/v1/claims", body, status=201)["id"])


def test_a_seal_of_other_letters_is_no_session(town: Town, sign_in: SignIn) -> None:
    sealed = sign_in("intake").http.cookies["jaminan_session"].strip('"')
    cookie = b"jaminan_session=" + sealed.partition(".")[0].encode() + b".\xe9"
    answer = httpx2.get(f"{town.address}/work", headers=[(b"Cookie", cookie)], follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in")


def test_a_form_token_of_other_letters_is_refused(sign_in: SignIn) -> None:
    intake = sign_in("intake")
    for address in ("/report", "/sign-out"):
        assert intake.post(address, {"form_token": "é", "q": "Sutarjo"}).answer.status_code == 403


@pytest.mark.parametrize("charset", ["utf-7", "undefined"])
def test_a_form_in_another_charset_is_refused(
    town: Town, sign_in: SignIn, of_family: str, charset: str
) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="%s"%s\r\n\r\n%s\r\n'
    file = (b"file", b'; filename="a.pdf"\r\nContent-Type: application/pdf', b"%PDF")
    body = (
        b"".join(part % one for one in ((b"code", b"", b"KK"), (b"note", b"", b"+2AA-"), file)) + b"--x--\r\n"
    )
    headers = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    family = town.person("participant", "participant")
    for answer in (
        family.call("POST", f"/v1/claims/{of_family}/documents", content=body, headers=headers),
        sign_in("participant").http.post(f"/claims/{of_family}/documents", content=body, headers=headers),
        sign_in("intake").http.post("/report", content=body, headers=headers),
    ):
        assert answer.status_code == 415, answer.text


def test_a_form_with_endless_numbers_is_refused(sign_in: SignIn, of_family: str) -> None:
    family, address = sign_in("participant"), f"/claims/{of_family}/steps/withdraw"
    form = family.open(address).form(address)
    endless = form.fields | {"version": "9" * 5_000, "sure": "yes", "reason": "Tidak jadi"}
    assert family.post(address, endless).answer.status_code == 422


def test_a_body_nested_beyond_reason_is_refused(town: Town) -> None:
    body = b'{"x":' * 50_000
    answer = town.person("Siti", "participant").call(
        "POST", "/v1/benefits/quote", content=body, headers={"Content-Type": "application/json"}
    )
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        ("jkk", ACCIDENT | {"accident_date": "9999-12-31", "result": "TOTAL"}, "facts.accident_date"),
        ("jkm", DEATH | {"paid_through": "0000-01"}, "facts.paid_through"),
        ("jkm", DEATH | {"paid_through": "2024-01\n"}, "facts.paid_through"),
        ("jkm", DEATH | {"paid_through": "٢٠٢٤-01"}, "facts.paid_through"),
        ("contribution", {"months": ["0000-01"]}, "facts.months[0]"),
    ],
)
def test_a_quote_of_days_beyond_every_calendar_is_refused(
    town: Town, kind: str, facts: object, field: str
) -> None:
    body = {"kind": kind, "facts": facts}
    said = town.person("Siti", "participant").refused("/v1/benefits/quote", body, status=422, code="invalid")
    assert said["field"].startswith(field.partition("[")[0]), json.dumps(said)


@pytest.mark.parametrize("area", ["3375\n", "٣٣٧٥"])
def test_an_area_code_is_digits_and_nothing_more(town: Town, area: str) -> None:
    """It stands in the name of the file of a statement, which is a header."""
    body = stories.PROGRAMME | {"area_code": area}
    said = town.person("dinas", "sponsor_officer").refused("/v1/programmes", body, status=422, code="invalid")
    assert said["field"] == "area_code"


def test_months_with_blanks_around_them_are_paid(town: Town) -> None:
    place = stories.enrolled_workers(town)
    kas, path = town.person("kas daerah", "finance"), f"/v1/programmes/{place.programme}"
    total = kas.get(f"{path}/invoice", months="2023-09", roster_id=place.roster)["total"]
    body = {
        "roster_id": place.roster,
        "months": ["2023-09\n"],
        "amount": total,
        "paid_on": "2023-09-11",
        "reference": f"SP2D {place.roster}",
    }
    made = kas.post(f"{path}/contributions", body, status=201)
    [paid] = kas.get(f"{path}/ledger", min_position=made["position"])["payments"]
    assert paid["months"] == ["2023-09"]


def test_looks_are_asked_for_from_a_day_that_exists(town: Town) -> None:
    answer = town.person("pemeriksa", "auditor").call("GET", "/v1/access", params={"from": "0001-01-01"})
    assert (answer.status_code, answer.json()["field"]) == (422, "from")


def test_a_family_reads_what_was_done_and_not_by_whom(town: Town, sign_in: SignIn, of_family: str) -> None:
    town.person("Budiarto", "intake").post(f"/v1/claims/{of_family}/notes", {"text": NOTE}, status=201)
    town.person("Budiarto", "intake").upload(f"/v1/claims/{of_family}/documents", "KK")
    page, at_the_desk = (
        sign_in(who).open(f"/claims/{of_family}").text for who in ("participant", "verifier")
    )
    assert "Budiarto" not in page and NOTE not in page
    assert "Budiarto" in at_the_desk and NOTE in at_the_desk


def test_a_look_at_a_paper_is_on_record(town: Town, sign_in: SignIn, of_family: str) -> None:
    papers, office = f"/v1/claims/{of_family}/documents", town.person("Budi", "intake")
    town.person("participant", "participant").upload(papers, "KK")
    office.upload(papers, "CASE_CHECK")
    found = {one["code"]: one["sha256"] for one in office.get(papers)["documents"]}
    auditor, family = town.person("pemeriksa", "auditor"), sign_in("participant")
    assert family.http.get(f"/claims/{of_family}/documents/{found['KK']}").status_code == 200
    assert family.http.get(f"/claims/{of_family}/documents/{found['CASE_CHECK']}").status_code == 404
    assert auditor.get("/v1/access", case=of_family)["items"] == []  # the family's own papers
    assert sign_in("verifier").http.get(f"/claims/{of_family}/documents/{found['KK']}").status_code == 200
    [look] = auditor.get("/v1/access", case=of_family)["items"]
    assert (look["actor"], look["roles"], look["fields"]) == ("verifier", ["verifier"], ["document KK"])


def test_papers_are_for_the_desks_that_work_on_the_claim(town: Town, sign_in: SignIn, of_family: str) -> None:
    papers, family = f"/v1/claims/{of_family}/documents", town.person("participant", "participant")
    family.upload(papers, "KTP_HEIR")
    [paper] = family.get(papers)["documents"]
    opened = {
        who: sign_in(who).http.get(f"/claims/{of_family}/documents/{paper['sha256']}").status_code
        for who in ("intake", "finance", "auditor", "sponsor_officer", "ward_verifier")
    }
    assert opened == {
        "intake": 200,
        "finance": 200,
        "auditor": 200,
        "sponsor_officer": 403,
        "ward_verifier": 403,
    }
    looks = town.person("pemeriksa", "auditor").get("/v1/access", case=of_family)["items"]
    assert {look["actor"] for look in looks} == {"intake", "finance", "auditor"}


@pytest.mark.parametrize(
    ("address", "status"),
    [
        ("/nothing", 404),
        ("/claims/a/b/c", 404),
        ("/members?programme=x", 422),
        (f"/rosters?cursor={'a' * 500}", 422),
        (f"/nothing/{'a' * 3000}", 404),
    ],
)
def test_a_person_is_told_on_a_page_what_is_wrong_with_an_address(
    sign_in: SignIn, address: str, status: int
) -> None:
    intake = sign_in("intake")
    intake.http.headers["Accept"] = "text/html,*/*"
    page = intake.open(address)
    assert page.answer.status_code == status and "/claims" in page.links, "with the way to everywhere"
    intake.http.headers["Accept"] = "application/json"
    assert intake.http.get("/nothing").json()["code"] == "not_found"
    assert intake.http.get("/v1/nothing", headers={"Accept": "text/html"}).json()["code"] == "not_found"


@pytest.mark.parametrize("address", ["/sign-in", "/sign-out", "/language"])
def test_a_form_that_lacks_a_field_is_answered_with_a_page(sign_in: SignIn, address: str) -> None:
    page = sign_in("intake").post(address, {})
    assert page.answer.status_code == 422 and page.headings.count(1) == 1


def test_a_page_asked_in_another_way_says_how_it_is_asked(sign_in: SignIn) -> None:
    intake = sign_in("intake")
    assert (intake.http.head("/work").status_code, intake.http.head("/work").content) == (200, b"")
    answer = intake.http.put("/sign-out")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_a_form_without_a_file_is_read_to_a_bound(sign_in: SignIn) -> None:
    many = "&".join(f"a{one}={'x' * 200_000}" for one in range(8))
    headers = {"Content-Type": "application/x-www-form-urlencoded"}
    for address in ("/sign-in", "/report"):
        answer = sign_in("intake").http.post(address, content=f"persona=intake&{many}", headers=headers)
        assert answer.status_code == 413 and "too_large" in answer.text


@pytest.mark.parametrize("persona", ["sponsor_officer", "participant"])
def test_who_needs_no_personal_values_is_not_asked_which(
    sign_in: SignIn, of_family: str, persona: str
) -> None:
    assert sign_in(persona).open(f"/claims/{of_family}/reveal").answer.status_code == 403


def test_who_changes_the_language_stays_on_the_page(sign_in: SignIn, of_family: str) -> None:
    intake = sign_in("intake")
    for address in ("/claims?kind=jkm", "/sign-in?then=/rules"):
        back = intake.open(address).form("/language").fields["back"]
        assert (
            intake.post("/language", {"language": "en", "back": back}).answer.url.raw_path == address.encode()
        )
    page = intake.open(f"/claims/{of_family}")
    token = page.form("/sign-out").fields["form_token"]
    refused = intake.post(
        f"/claims/{of_family}/handling/notes", {"form_token": token, "key": "k", "text": ""}
    )
    assert refused.answer.status_code == 422
    page = intake.post("/language", {"language": "id", "back": refused.form("/language").fields["back"]})
    assert page.answer.status_code == 200
