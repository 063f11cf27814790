"""A decree that comes after the day of its list, and deaths before, between and after (dossier 2.8)."""

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.acceptance.test_returned_proposals import at_the_ward


def test_who_is_reported_dead_before_the_registration_becomes_no_member(town: Town) -> None:
    """The list takes effect on 1 September, one of its workers dies on the 20th, the decree comes in October."""
    programme, roster, people = at_the_ward(town, 2)
    ward, dinas = town.person("kelurahan", "ward_verifier"), town.person("dinas", "sponsor_officer")
    desk = town.person("pendaftaran", "intake")
    steps, papers = f"/v1/rosters/{roster}/steps", f"/v1/rosters/{roster}/documents"
    ward.upload(papers, "ENR_VERVAL")
    ward.post(f"{steps}/verify")
    dinas.upload(papers, "ENR_SK")
    ahead = {"number": "460/150/2023", "issued_on": "2023-10-05", "effective_on": "2023-10-04"}
    refused = dinas.post(f"{steps}/issue_decree", ahead)["refused"]
    assert [row["code"] for row in refused] == ["invalid", "invalid"], (
        "a decree is not dated ahead of the step"
    )
    late = ahead | {"effective_on": "2023-10-05"}
    assert dinas.post(f"{steps}/issue_decree", late)["done"] == 2
    claim = stories.report(town, people[0].nik, event_on="2023-09-20", effective_on="2023-10-06")

    outcome = desk.post(f"{steps}/register", {"effective_on": "2023-10-09"})
    [dead] = outcome["refused"]
    assert outcome["done"] == 1 and (dead["row"], dead["code"]) == (1, "guard_failed")
    assert "REJECT_DECEASED" in dead["message"]
    member = stories.member(town, people[0].nik)
    problem = desk.refused(f"/v1/enrollments/{member}/steps/register", status=409, code="guard_failed")
    assert problem["reason"] == "REJECT_DECEASED"
    place = stories.Enrolled(programme, roster, 2, people)
    stories.pay(town, place, ["2023-09"], paid_on="2023-10-10")
    assert desk.get(f"/v1/enrollments/{member}")["coverage"]["status"] == "NOT_STARTED"
    stories.file(town, claim["id"], claim_date="2023-10-12", effective_on="2023-10-12")
    determination = stories.calculate(town, claim["id"], "2023-10-16")["determination"]
    assert determination["outcome"] == "REJECT_NOT_STARTED"
