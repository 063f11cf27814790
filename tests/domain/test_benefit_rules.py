"""The rules as data: dated without holes or doubles, cited, exact, and versioned by what they say."""

from datetime import date, timedelta

import pytest

from domain.benefit.bands import wage_base_of
from domain.benefit.rules import RULES, RuleSet, canonical, grace_months, rules_of_the_package
from domain.citation import Confidence
from domain.dated import NotInForce, RulesContradict
from domain.refusal import Invalid

KINDS_OF_AMOUNTS = ("jkm.lump_sum", "jkm.periodic", "jkm.funeral")

ONE_RULE = """
[[rule]]
id = "EX-1"
kind = "example"
name_id = "Contoh"
name_en = "Example"
values = { rupiah = 100, share = "1/3", names = ["A", "B"] }
unit = "rupiah"
effective_from = 2020-01-01
effective_to = 2020-12-31
legal_basis = "none"
confidence = "C"
"""
ITS_CORRECTION = (
    ONE_RULE.replace("EX-1", "EX-1A").replace("= 100", '= 90, was = "100"') + 'supersedes = "EX-1"\n'
)


def rules(*texts: str) -> RuleSet:
    return RuleSet.parse({f"{number}.toml": text for number, text in enumerate(texts)})


@pytest.mark.parametrize("kind", [*KINDS_OF_AMOUNTS, "coverage.grace", "enrollment.age", "heirs.order"])
def test_from_july_2015_on_there_is_a_rule_for_every_day(kind: str) -> None:
    day = date(2015, 7, 1)
    while day < date(2028, 1, 1):
        assert RULES.in_force(kind, day).holds_on(day)
        day += timedelta(days=1)
    with pytest.raises(NotInForce, match="2015-06-30"):
        RULES.in_force(kind, date(2015, 6, 30))


@pytest.mark.parametrize("kind", KINDS_OF_AMOUNTS)
def test_the_second_version_begins_on_2_december_2019(kind: str) -> None:
    assert RULES.in_force(kind, date(2019, 12, 1)).rule_id.endswith("-V1")
    assert RULES.in_force(kind, date(2019, 12, 2)).rule_id.endswith("-V2")


def test_every_rule_says_where_it_comes_from_and_how_sure_it_is() -> None:
    for rule in RULES.rules:
        assert rule.citation.legal_basis and rule.unit and rule.name_id and rule.name_en
        if rule.citation.confidence in {Confidence.VERIFIED, Confidence.SECONDARY}:
            assert rule.citation.sources and rule.citation.confirmed_on
        else:
            assert rule.citation.confirmed_on is None


def test_rules_are_found_by_id_even_when_no_longer_in_force() -> None:
    lump = RULES.find("JKM-LUMP-V1")
    assert (lump.integer("rupiah"), lump.effective_to) == (16_200_000, date(2019, 12, 1))
    with pytest.raises(NotInForce, match="no rule JKM-EXPIRY-V2"):
        RULES.find("JKM-EXPIRY-V2")


def test_the_files_of_the_package_are_read_the_same_every_time() -> None:
    again = rules_of_the_package()
    assert again == RULES and again.version == RULES.version and again.statements == RULES.statements
    assert len(again.rules) == 66 and len(again.injuries) == 38
    names = [name for name in again.statements if name.startswith("band ")]
    assert names == [f"band {n} from 2015-07-01" for n in range(1, 34)]
    assert again.statements["band 1 from 2015-07-01"][:4] == ["1", "0", "1099000", "1000000"]


def test_published_rules_may_be_added_to_and_never_changed() -> None:
    plain = rules(ONE_RULE)
    rules(ONE_RULE, ITS_CORRECTION).check_published(plain.statements)
    with pytest.raises(RulesContradict) as refused:
        plain.check_published(rules(ONE_RULE, ITS_CORRECTION).statements)
    assert str(refused.value) == (
        "The rule EX-1A is gone, but decisions in the log may have used it. Put it back, or run the newer release "
        "that brought it; what ended gets an effective_to in a rule that supersedes it."
    )
    with pytest.raises(RulesContradict) as refused:
        rules(ONE_RULE.replace("= 100", "= 101")).check_published(plain.statements)
    assert str(refused.value) == (
        "The rule EX-1 was changed, but decisions in the log may have used it as it was. Put it back, and add the "
        'correction as a rule with an id of its own and supersedes = "EX-1".'
    )
    header = "band,income_from,income_to,wage_base,jkk_monthly,jkm_monthly,effective_from,effective_to\n"
    one = RuleSet.parse({}, header + "1,0,,1000000,10000,6800,2015-07-01,\n")
    with pytest.raises(RulesContradict) as refused:
        RuleSet.parse({}, header + "1,0,,1100000,10000,6800,2015-07-01,\n").check_published(one.statements)
    assert str(refused.value) == (
        "The row `band 1 from 2015-07-01` was changed, but decisions in the log may have used it as it was. Put it "
        "back; a new table begins with rows of its own day."
    )


def test_a_rule_keeps_everything_its_row_says() -> None:
    row = ONE_RULE + (
        'confidence_note = "half"\nsources = ["S1", "S2"]\nnote = "why"\nconfirmed_on = 2026-11-25\n'
    )
    assert canonical(rules(row).find("EX-1")) == {
        "id": "EX-1",
        "kind": "example",
        "name_id": "Contoh",
        "name_en": "Example",
        "values": {"rupiah": 100, "share": "1/3", "names": ("A", "B")},
        "unit": "rupiah",
        "effective_from": "2020-01-01",
        "effective_to": "2020-12-31",
        "legal_basis": "none",
        "confidence": "C",
        "confidence_note": "half",
        "sources": ["S1", "S2"],
        "note": "why",
        "supersedes": None,
    }
    assert rules(row).find("EX-1").citation.confirmed_on == date(2026, 11, 25)
    bare = rules(ONE_RULE.replace("effective_to = 2020-12-31\n", "")).find("EX-1")
    assert (bare.effective_to, bare.note, bare.citation.sources) == (None, "", ())
    assert (bare.citation.confidence_note, bare.citation.confirmed_on) == ("", None)


def test_grace_is_a_dated_parameter() -> None:
    assert grace_months(date(2024, 6, 30)) == 3


def test_values_are_exact() -> None:
    rule = rules(ONE_RULE).find("EX-1")
    assert rule.share("share") * 3 == 1
    assert rule.words("names") == ("A", "B")
    with pytest.raises(RulesContradict, match=r'exact; write a whole number or a fraction "1/100"'):
        rules(ONE_RULE.replace("100", "100.5"))


def test_the_version_follows_what_the_rules_say_and_nothing_else() -> None:
    plain = rules(ONE_RULE)
    assert rules("# a remark\n" + ONE_RULE + "confirmed_on = 2026-01-01\n").version == plain.version
    assert rules(ONE_RULE.replace("= 100", "= 101")).version != plain.version
    assert rules(ONE_RULE.replace("2020-12-31", "2020-12-30")).version != plain.version
    assert rules(ONE_RULE, ITS_CORRECTION).version == rules(ITS_CORRECTION, ONE_RULE).version


def test_a_changed_band_changes_the_version() -> None:
    header = "band,income_from,income_to,wage_base,jkk_monthly,jkm_monthly,effective_from,effective_to\n"
    one = RuleSet.parse({}, header + "1,0,,1000000,10000,6800,2015-07-01,\n")
    other = RuleSet.parse({}, header + "1,0,,1100000,11000,6800,2015-07-01,\n")
    assert one.version != other.version


def test_a_correction_supersedes_and_the_old_row_stays() -> None:
    both = rules(ONE_RULE, ITS_CORRECTION)
    assert both.in_force("example", date(2020, 6, 1)).rule_id == "EX-1A"
    assert both.find("EX-1").integer("rupiah") == 100


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (ONE_RULE + ONE_RULE, "EX-1 stands twice: a correction is a new rule with its own id"),
        (
            ONE_RULE + ONE_RULE.replace("EX-1", "EX-2"),
            "EX-1 and EX-2 both say `example` on 2020-01-01: end the earlier one the day before, or let the later one "
            "supersede it",
        ),
        (ONE_RULE + 'supersedes = "EX-0"\n', "EX-1 supersedes EX-0, which does not exist"),
        (
            ONE_RULE + ONE_RULE.replace("EX-1", "EX-2").replace("example", "other") * 2,
            "EX-2 stands twice: a correction is a new rule with its own id",
        ),
        (ONE_RULE.replace('unit = "rupiah"\n', ""), "0.toml: EX-1: add unit"),
        (
            ONE_RULE.replace('unit = "rupiah"\n', "").replace('kind = "example"\n', ""),
            "0.toml: EX-1: add kind, unit",
        ),
        (ONE_RULE.replace('id = "EX-1"\n', ""), "0.toml: a rule without id: add id"),
        (
            ONE_RULE + 'colour = "red"\nbig = true\n',
            "0.toml: EX-1: remove or correct big, colour, which no rule has",
        ),
        (ONE_RULE.replace('"C"', '"X"'), "0.toml: EX-1: confidence is one of V, S, M, C, not 'X'"),
        (
            ONE_RULE.replace("= 100", "= true"),
            '0.toml: EX-1: rupiah must be a whole number, a text, a list of texts or a share "1/100"',
        ),
        (
            ONE_RULE.replace("= 100", "= 1.5"),
            '1.5: money and shares are exact; write a whole number or a fraction "1/100"',
        ),
    ],
)
def test_faulty_rules_are_refused_by_file_rule_and_remedy(text: str, message: str) -> None:
    with pytest.raises(RulesContradict) as refused:
        rules(text)
    assert str(refused.value) == message


def test_a_file_of_remarks_alone_holds_no_rule_and_a_kind_is_named_where_it_has_none() -> None:
    assert rules("# nothing yet").rules == ()
    with pytest.raises(NotInForce) as refused:
        rules(ONE_RULE).in_force("example", date(2021, 1, 1))
    assert refused.value.message == (
        "No rule on `example` is in force on 2021-01-01; the engine knows 2020-01-01 to 2020-12-31."
    )
    assert refused.value.detail == {"kind": "example", "day": "2021-01-01"}


@pytest.mark.parametrize(
    ("row", "says"),
    [
        (ONE_RULE.replace("= 2020-01-01", '= "2020-01-01"'), "effective_from is a day without quotes"),
        (ONE_RULE.replace("= 2020-01-01", "= 2020-01-01T00:00:00"), "effective_from is a day without quotes"),
        (ONE_RULE.replace("= 2020-12-31", "= 2019-12-31"), "EX-1: it ends before it begins"),
        (ONE_RULE.replace('"example"', "3"), "kind is a text in quotes"),
        (ONE_RULE + 'supersedes = "EX-1"\n', "EX-1 supersedes itself"),
        ("rule = 3\n", r"a table of its own, under \[\[rule\]\]"),
        ("rule = [1]\n", r"a table of its own, under \[\[rule\]\]"),
        (ITS_CORRECTION.replace('"example"', '"another"') + ONE_RULE, "which is one on `example`"),
    ],
)
def test_a_row_that_cannot_be_is_refused_with_the_remedy(row: str, says: str) -> None:
    with pytest.raises(RulesContradict, match=says):
        rules(row)


def test_values_are_read_as_what_they_are() -> None:
    rule = rules(ONE_RULE).find("EX-1")
    for read in (rule.share, rule.word, rule.words):
        with pytest.raises(RulesContradict, match="EX-1"):
            read("rupiah")
    with pytest.raises(RulesContradict, match="must be a whole number"):
        rule.integer("share")
    with pytest.raises(RulesContradict, match="no value `months`"):
        rule.integer("months")


def test_a_rule_is_listed_as_plain_values() -> None:
    listed = canonical(RULES.find("JKM-BERKALA-V2"))
    assert listed["values"] == {"months": 24, "rupiah_per_month": 500_000}
    assert (listed["effective_from"], listed["effective_to"]) == ("2019-12-02", None)


def test_all_33_bands_agree_with_the_rates() -> None:
    assert len(RULES.bands) == 33
    for band in RULES.bands:
        day = band.effective_from
        rate = RULES.in_force("contribution.jkk", day).share("share_of_wage_base")
        assert rate * band.wage_base == band.jkk_monthly
        assert RULES.in_force("contribution.jkm", day).integer("rupiah_per_month") == band.jkm_monthly


@pytest.mark.parametrize(
    ("income", "wage_base"),
    [
        (0, 1_000_000),
        (1_099_000, 1_000_000),
        (1_099_999, 1_000_000),  # between two printed bands the lower one holds
        (1_100_000, 1_200_000),
        (2_099_400, 2_000_000),
        (2_750_000, 2_950_000),
        (20_200_000, 20_700_000),
        (99_000_000, 20_700_000),
    ],
)
def test_the_wage_base_of_an_income(income: int, wage_base: int) -> None:
    assert wage_base_of(income, date(2024, 1, 1), RULES.bands) == wage_base


def test_a_new_table_of_bands_holds_from_its_day() -> None:
    header = "band,income_from,income_to,wage_base,jkk_monthly,jkm_monthly,effective_from,effective_to\n"
    old = "1,0,,1000000,10000,6800,2015-07-01,2029-12-31\n"
    new = "1,0,,1100000,11000,6800,2030-01-01,\n"
    bands = RuleSet.parse({}, header + old + new).bands
    assert wage_base_of(0, date(2029, 12, 31), bands) == 1_000_000
    assert wage_base_of(0, date(2030, 1, 1), bands) == 1_100_000
    assert wage_base_of(0, date(2015, 7, 1), bands) == 1_000_000
    ended = RuleSet.parse({}, header + old).bands
    with pytest.raises(NotInForce, match="2030-01-01"):
        wage_base_of(0, date(2030, 1, 1), ended)


def test_a_new_table_needs_no_end_of_the_old_one_whose_rows_never_change() -> None:
    header = "band,income_from,income_to,wage_base,jkk_monthly,jkm_monthly,effective_from,effective_to\n"
    old = "1,0,,1000000,10000,6800,2015-07-01,\n2,1100000,,1200000,12000,6800,2015-07-01,\n"
    new = "1,0,,1500000,15000,6800,2030-01-01,\n2,1600000,,1700000,17000,6800,2030-01-01,\n"
    bands = RuleSet.parse({}, header + old + new).bands
    found = [
        wage_base_of(income, day, bands)
        for day in (date(2029, 12, 31), date(2030, 1, 1))
        for income in (1_200_000, 1_600_000)
    ]
    assert found == [1_200_000, 1_200_000, 1_500_000, 1_700_000]


def test_no_band_for_a_negative_income_or_before_the_table() -> None:
    with pytest.raises(Invalid, match="negative"):
        wage_base_of(-1, date(2024, 1, 1), RULES.bands)
    with pytest.raises(NotInForce, match="2015-06-30"):
        wage_base_of(0, date(2015, 6, 30), RULES.bands)


def test_a_day_without_a_rule_learns_of_every_version_that_there_is() -> None:
    with pytest.raises(NotInForce) as refused:
        RULES.in_force("jkk.filing_limit", date(2014, 1, 1))
    assert refused.value.message.endswith("knows 2015-07-01 to 2019-12-01, 2019-12-02 to now.")
