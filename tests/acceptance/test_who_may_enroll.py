"""Who may stand on a list or a form: the dead may not, and a quota counts the whole programme."""

from tests.acceptance import stories
from tests.acceptance.office_client import Town


def test_a_person_reported_dead_is_refused_on_a_list_and_on_a_form(town: Town) -> None:
    place = stories.enrolled_workers(town)
    [dead] = place.workers
    stories.pay(town, place, ["2023-09"])
    stories.report(town, dead.nik, event_on="2023-09-20", effective_on="2023-09-22")
    view = stories.send_list(town, place.programme, stories.list_with((dead,)), "2023-10-01")
    assert [(issue["code"], issue["field"]) for issue in view["issues"]] == [("REJECT_DECEASED", "nik")]

    body = {"programme_id": place.programme, "effective_on": "2023-10-01", "person": dead.columns}
    dinas = town.person("dinas", "sponsor_officer")
    refusal = dinas.refused("/v1/enrollments", body, status=422, code="invalid")
    assert (refusal["reason"], refusal["field"]) == ("REJECT_DECEASED", "person.nik")
    assert refusal["detail_id"].startswith("Pemilik NIK ini tercatat sudah meninggal.")


def test_a_quota_counts_every_list_and_form_of_the_programme(town: Town) -> None:
    programme = stories.open_programme(town, quota=3)
    assert stories.send_list(town, programme, stories.list_with(stories.workers(2)))["accepted"] == 2
    second = stories.send_list(town, programme, stories.list_with(stories.workers(2)))
    assert (second["accepted"], [issue["code"] for issue in second["issues"]]) == (1, ["REJECT_QUOTA"])

    [fourth] = stories.workers(1)
    body = {"programme_id": programme, "effective_on": "2023-09-01", "person": fourth.columns}
    dinas = town.person("dinas", "sponsor_officer")
    assert dinas.refused("/v1/enrollments", body, status=422, code="invalid")["reason"] == "REJECT_QUOTA"
