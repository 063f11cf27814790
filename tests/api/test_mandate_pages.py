"""An officer whose mandate is a part of the country is told so where a list has nothing to show."""

import pytest
from fastapi import Response

from api.bootstrap import House
from api.console.session import Session, keep
from api.demo.issuer import ISSUER
from tests.api.test_standing_still import asked, house, settings

__all__ = ["house", "settings"]


def cookie_of(house: House, role: str, area: str | None) -> str:
    response = Response()
    session = Session.begun(name="ina", roles=frozenset({role}), area=area, issuer=ISSUER)
    keep(response, session, house, secure=False)
    return response.headers["set-cookie"].partition(";")[0] + "; jaminan_language=en"


@pytest.mark.parametrize("path", ["/work", "/claims", "/members", "/rosters", "/programmes"])
async def test_an_empty_list_says_that_it_is_narrowed_to_the_mandate(house: House, path: str) -> None:
    async with asked(house) as http:

        async def text(area: str | None) -> str:
            answer = await http.get(path, headers={"Cookie": cookie_of(house, "ward_verifier", area)})
            assert answer.status_code == 200
            return answer.text

        assert "the area of your mandate" not in await text(None)
        of_city, of_ward = await text("3375"), await text("337501/Medono")
        assert "the area of your mandate, 3375, is shown" in of_city and "kept by city" not in of_city
        assert "the area of your mandate, 337501/Medono, is shown" in of_ward
        assert ("works through the lists of workers" in of_ward) == (path != "/rosters")
