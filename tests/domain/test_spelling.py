"""Names as people spell them: variants fall together, different people stay apart, a key is its own key."""

import string

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain.person.spelling import letters_of, name_key

VARIANTS = """
Soekarno = Sukarno = SOEKARNO
Soeharto = Suharto
Tjahjo = Cahyo = Tjahyo
Tjokroaminoto = Cokroaminoto
Djoko Soesilo = Joko Susilo = Susilo, Joko
Djuariah = Juariyah = Juariah
Jusuf = Yusuf = Yusup = Jusup
Jahja = Yahya
Sjarif Hidajat = Syarif Hidayat = Sarip Hidayat
Sjafii = Syafi'i = Safii
Achmad = Ahmad = Akhmad = Ahmat = Ach. = Akhmat
Mochamad Rizki = Muhammad Rizky = M. Rizki = Moh. Riski = Mohammed Rijki
Moch. Amin = Muhammad Amin = M. Amin = Muh Amin = Mohd. Amin = Muchamad Amin = Mokhamad Amin = MOHAMAD AMIN
Abd. Rahman = Abdurrahman = Abdul Rahman = Abdoerrachman = Abdurahman = Abdul Rohman
Abdul Aziz = Abd Asis = Abdul Ajis = Abdulaziz
St. Aminah = Siti Aminah = Sitti Amina = Hj. Siti Aminah = SITI AMINAH = Aminah, Siti
H. Drs. Slamet Riyadi, M.Si. = Slamet Riyadi = Slamet Riadi = SLAMET RIJADI
Dr. Ir. Bambang Soeparno, S.T. = Bambang Suparno = Bpk. Bambang Suparno
Rochmat S.Pd. = Rohmat = Rokhmat, SPd
Sutiyah = Sutiah = Soetijah
Komariyah = Qomariah = Komariah
Aisyah = Aisah = Aisjah
Taufiq = Taufik = Topik = Tofik
Alfian = Alvian = Alpian
Novi = Nopi
Zaenal Abidin = Zainal Abidin = Jaenal Abidin = Djaenal Abidin
Fauziah = Faujiyah = Pauziah
Choirul = Khoirul = Khairul = Choerul
Chusnul Chotimah = Husnul Khotimah = Khusnul Chotimah
Thoyib = Toyib
Fathur = Fatur
Ramadhan = Ramadan = Romadhon
Sholeh = Soleh
Noer Aini = Nur Aini = Noor Aini
Dzulkifli = Zulkifli = Dzulkipli
Sulistyowati = Sulistiowati = Soelistijowati
Wahju = Wahyu
Surja = Surya = Suria
Nur'aini = Nuraini = Nur`aini
R. Soeparman = Suparman = Rd. Soeparman
Nyoman = Njoman
Subagyo = Subagio = Soebagijo
Kristina = Christina
Chandra = Candra = Tjandra
Maemunah = Maimunah = Maimuna
Soegijapranata = Sugiyapranata
Raden Ajeng Kartini = Ajeng Kartini
Tuti Alawiyah = Toeti Alawijah
Sa'diyah = Sadiah = Sa’diah
Masruroh = Masrurah
Widyastuti = Widiastuti = Widyastoeti
Wijaya = Widjaja
Lukman = Luqman = Loekman
Hafidh = Hafid
Arief = Arif = Arip
"""
PAIRS = [
    (first, other)
    for line in VARIANTS.strip().splitlines()
    for first, *others in [line.split(" = ")]
    for other in others
]
SOUND_ALIKE_TO_NOBODY = [
    ("Slamet", "Selamat Riyadi"),
    ("Budi Santoso", "Budi Susanto"),
    ("Siti Aminah", "Siti Fatimah"),
    ("Joko", "Eko"),
    ("Sri", "Siti"),
    ("Agus", "Bagus"),
    ("Muhammad Amin", "Ahmad Amin"),
    ("Abdul Rahman", "Abdul Rahim"),
    ("Yanti", "Yanto"),
]
PATIENT = settings(deadline=None, suppress_health_check=[HealthCheck.too_slow])  # a busy machine is no fault
NAMES = st.text(alphabet=string.ascii_letters + " .'-,`éü0", max_size=30)


@pytest.mark.parametrize(("one", "other"), PAIRS)
def test_spellings_of_one_name_have_one_key(one: str, other: str) -> None:
    assert name_key(one) == name_key(other)


@pytest.mark.parametrize(("one", "other"), SOUND_ALIKE_TO_NOBODY)
def test_different_names_have_different_keys(one: str, other: str) -> None:
    assert name_key(one) != name_key(other)


@PATIENT
@given(name=st.one_of(NAMES, st.text(max_size=30)))
def test_a_key_is_its_own_key(name: str) -> None:
    key = name_key(name)
    assert name_key(key) == key


@PATIENT
@given(
    words=st.lists(st.text(alphabet=string.ascii_lowercase, min_size=2, max_size=9), min_size=1, max_size=4)
)
def test_case_blanks_punctuation_and_order_do_not_count(words: list[str]) -> None:
    plain = " ".join(words)
    assert name_key(plain.upper()) == name_key(plain) == name_key(plain.title())
    assert name_key("  " + "\t ".join(words) + "\n") == name_key(plain)
    assert name_key(" - ".join(words) + " .") == name_key(plain)


@PATIENT
@given(
    words=st.lists(st.sampled_from([first for first, _ in PAIRS if " " not in first]), min_size=2, max_size=3)
)
def test_the_order_of_words_does_not_count(words: list[str]) -> None:
    assert name_key(" ".join(words)) == name_key(" ".join(reversed(words)))


@pytest.mark.parametrize("name", ["H.", "Hj", "R", "M", "Dr. Ir.", "S.H.", "ST"])
def test_where_nothing_but_titles_stands_they_are_the_name(name: str) -> None:
    assert name_key(name)


@pytest.mark.parametrize("name", ["", " ", "...", "1234", "-"])
def test_without_letters_there_is_no_key(name: str) -> None:
    assert name_key(name) == ""


def test_initials_count_for_nothing_but_an_m_before_a_name() -> None:
    assert name_key("Siti A.") == name_key("Siti")
    assert name_key("A. Yani") == name_key("Yani")
    assert name_key("M. Yani") != name_key("Yani")
    assert name_key("Yani M.") == name_key("Yani")


def test_letters_are_kept_as_they_are_written() -> None:
    assert letters_of("H. Soekarno, S.H.") == "soekarno"
    assert letters_of("Dr.") == "dr"
    assert letters_of("José Nur'aini") == "jose nuraini"
