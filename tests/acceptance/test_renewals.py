"""The next budget year: live members come again on a new list, are carried on, and are paid by it, each month once."""

from tests.acceptance import stories
from tests.acceptance.office_client import Town
from tests.acceptance.test_suspensions import active


def test_members_of_a_renewed_list_are_carried_on_and_paid_with_it(town: Town) -> None:
    place = stories.enrolled_workers(town, 3)
    stories.pay(town, place, stories.MONTHS)
    desk, kas = town.person("pendaftaran", "intake"), town.person("kas daerah", "finance")
    dinas = town.person("dinas", "sponsor_officer")
    members = [stories.member(town, one.nik) for one in place.workers]
    assert {one[:13] for one in members} == {place.roster[:13]}, "side by side in every index"
    for one in members:
        active(desk, one)

    people = (*place.workers[:2], *stories.workers(1))
    view = stories.send_list(town, place.programme, stories.list_with(people), "2024-08-15")
    roster = view["id"]
    assert [issue["enrollment_id"] for issue in view["issues"]] == members[:2]
    steps, papers = f"/v1/rosters/{roster}/steps", f"/v1/rosters/{roster}/documents"
    early = desk.post(f"{steps}/register", {"effective_on": "2024-08-20"})
    assert early["done"] == 0
    assert [row["code"] for row in early["refused"]] == [
        "documents_missing",
        "documents_missing",
        "step_not_open",
    ]
    assert "ENR_SK" in early["refused"][0]["message"]
    dinas.refused(f"{steps}/propose", {"rows": [1]}, status=422, code="invalid")
    dinas.upload(papers, "ENR_PKS")
    assert dinas.post(f"{steps}/propose")["done"] == 1
    ward = town.person("kelurahan", "ward_verifier")
    ward.post(f"{steps}/start_verification")
    ward.upload(papers, "ENR_VERVAL")
    ward.post(f"{steps}/verify")
    dinas.upload(papers, "ENR_SK")
    dinas.post(f"{steps}/issue_decree", {"number": "460/200/2024", "issued_on": "2024-08-14"})
    done = desk.post(f"{steps}/register", {"effective_on": "2024-08-20"})
    assert (done["done"], done["refused"]) == (3, [])

    first = desk.get(f"/v1/enrollments/{members[0]}")
    assert (first["status"], first["spell"], first["roster_id"]) == ("ACTIVE", 1, place.roster)
    assert first["renewals"] == [{"roster_id": roster, "row": 1, "from": "2024-08-15", "to": "2024-08-31"}]
    event = desk.get(f"/v1/enrollments/{members[0]}/history")["items"][-1]
    assert (event["event"], event["actor"]) == ("enrollment.sponsorship_renewed", "pendaftaran")

    invoice = f"/v1/programmes/{place.programme}/invoice"
    months = {"months": "2024-08,2024-09"}
    new = kas.get(invoice, roster_id=roster, **months)["months"]
    old = kas.get(invoice, roster_id=place.roster, **months)["months"]
    assert new == {"2024-08": 1, "2024-09": 3}, "August is paid for the two by the first list"
    assert old["2024-09"] == 1, "who is not renewed stays with the first list"

    renewed = stories.Enrolled(place.programme, roster, 3, people)
    stories.pay(town, renewed, ["2024-08", "2024-09"], paid_on="2024-09-02")
    for one in members[:2]:
        view = desk.get(f"/v1/enrollments/{one}")
        assert (view["coverage"]["from"], view["coverage"]["paid_through"]) == ("2023-09-01", "2024-09")
    left = desk.get(f"/v1/enrollments/{members[2]}")
    assert left["coverage"]["paid_through"] == "2024-08"
    found = desk.post("/v1/enrollments/search", {"nik": people[0].nik})["items"][0]
    assert found["coverage"]["paid_through"] == "2024-09"
    paid = [
        item["data"]["roster_id"]
        for item in desk.get(f"/v1/enrollments/{members[0]}/history")["items"]
        if item["event"] == "programme.contribution_received"
    ]
    assert paid == [place.roster, roster]
    [newcomer] = [stories.member(town, people[2].nik)]
    assert active(desk, newcomer)["coverage"]["from"] == "2024-08-15"
    position = kas.get(f"/v1/programmes/{place.programme}")["position"]
    asked = {"month": "2024-09", "min_position": position}
    side_by_side = kas.get(f"/v1/programmes/{place.programme}/reconciliation", **asked)
    by_list = {
        one["roster_id"]: (one["heads"]["registered"], one["heads"]["paid"]) for one in side_by_side["lists"]
    }
    assert by_list == {place.roster: (1, 0), roster: (3, 3)}, "each member counts with the list of the month"
    assert side_by_side["heads_by_payments"] == side_by_side["heads"]["paid"] == 3
    only = kas.get(f"/v1/programmes/{place.programme}/reconciliation", roster_id=roster, **asked)
    assert (only["agrees"], only["heads"]["paid"], only["items"]) == (True, 3, [])
    claim = stories.report(town, people[1].nik, event_on="2024-09-10", effective_on="2024-09-12")["id"]
    stories.file(town, claim, claim_date="2024-09-12", effective_on="2024-09-12")
    assert stories.calculate(town, claim, "2024-09-13")["determination"]["outcome"] == "PAY"
