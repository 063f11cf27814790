"""Refusals as problem details (RFC 9457): one table from code to status, for answers and for the reference."""

from collections.abc import Mapping
from typing import Any, Final

import asyncpg
import msgspec
from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from api.http.figures import REFUSALS
from domain.refusal import Busy, Invalid, NotFound, Refusal, TooLarge
from store.connection import NOTHING_WRITTEN, is_lost

STATUS_OF: Final[dict[str, int]] = {
    "invalid": 422,
    "unauthenticated": 401,
    "not_your_role": 403,
    "same_person": 403,
    "authority_exceeded": 403,
    "outside_area": 403,
    "not_found": 404,
    "step_not_open": 409,
    "documents_missing": 409,
    "guard_failed": 409,
    "duplicate": 409,
    "other_log": 409,
    "erased": 410,
    "stale_version": 412,
    "too_large": 413,
    "unsupported_media": 415,
    "amount_differs": 422,
    "idempotency_key_reused": 422,
    "too_many_requests": 429,
    "busy": 503,
    "internal": 500,
}
TITLES: Final[dict[str, str]] = {
    "invalid": "A value is missing, malformed or out of range",
    "unauthenticated": "Nobody knows who asks",
    "not_your_role": "Your roles may not take this step",
    "same_person": "A second person is required",
    "authority_exceeded": "The amount lies above your authority",
    "outside_area": "The case lies outside your area",
    "not_found": "There is no such thing",
    "step_not_open": "The step is not open",
    "documents_missing": "Papers are missing",
    "guard_failed": "A condition of the step does not hold",
    "duplicate": "It exists already",
    "other_log": "The cursor belongs to another log",
    "erased": "The personal data have been erased",
    "stale_version": "The case moved on",
    "too_large": "Too large",
    "unsupported_media": "This kind of file is not accepted",
    "amount_differs": "The amount does not follow from the facts",
    "idempotency_key_reused": "The key was used for another request",
    "too_many_requests": "Too many requests",
    "busy": "Busy",
    "internal": "A fault of ours",
}
# The same for whoever reads Indonesian, each with the way out.
TITLES_ID: Final[dict[str, str]] = {
    "invalid": "Isian kurang, salah tulis, atau di luar batas. Perbaiki isian yang disebut, lalu kirim lagi.",
    "unauthenticated": "Anda belum dikenal. Masuk kembali, lalu ulangi.",
    "not_your_role": "Peran Anda tidak boleh mengambil langkah ini. Serahkan kepada petugas dengan peran yang disebut.",
    "same_person": "Langkah ini harus diambil orang lain, karena Anda sudah menangani kasus ini di meja sebelumnya.",
    "authority_exceeded": "Jumlah ini melampaui wewenang Anda. Serahkan kepada pejabat yang disebut.",
    "outside_area": "Kasus ini di luar wilayah tugas Anda. Hubungi petugas wilayah itu.",
    "not_found": "Tidak ditemukan, atau tidak untuk Anda. Periksa kembali nomor atau alamatnya.",
    "step_not_open": "Langkah ini belum atau tidak lagi dapat diambil. Lihat status kasus dan langkah yang terbuka.",
    "documents_missing": "Berkas belum lengkap. Unggah dokumen yang disebut, lalu ulangi.",
    "guard_failed": "Syarat langkah ini belum terpenuhi. Lakukan dahulu yang disebut.",
    "duplicate": "Sudah ada sebelumnya. Lanjutkan dengan yang sudah ada.",
    "other_log": "Penanda halaman ini berasal dari catatan lain. Mulai lagi dari awal.",
    "erased": "Data pribadi orang ini sudah dihapus. Tidak ada lagi yang dapat ditambah atau ditampilkan.",
    "stale_version": "Kasus ini baru saja berubah. Lihat kembali, lalu putuskan lagi.",
    "too_large": "Terlalu besar. Kirim berkas yang lebih kecil, atau bagi daftarnya.",
    "unsupported_media": "Jenis berkas ini tidak diterima. Kirim dalam jenis yang disebut.",
    "amount_differs": "Jumlah ini tidak sama dengan yang semestinya. Periksa jumlah yang disebut.",
    "idempotency_key_reused": "Kunci ini sudah dipakai untuk permintaan lain. Pakai kunci baru.",
    "too_many_requests": "Terlalu banyak permintaan. Tunggu sebentar, lalu ulangi.",
    "busy": "Sistem sedang sibuk. Ulangi permintaan yang sama dengan kunci yang sama.",
    "internal": "Ada kesalahan pada sistem kami. Ulangi nanti; bila tetap terjadi, beri tahu pengelola sistem.",
}
MEDIA_TYPE: Final = "application/problem+json"
_RETRY_AFTER: Final = "1"  # seconds
_CODE_OF_STATUS: Final = {404: "not_found", 405: "not_found", 413: "too_large", 415: "unsupported_media"}


class UnsupportedMedia(Refusal):
    """The file or body is of a kind that is not accepted here."""

    code = "unsupported_media"


def in_indonesian(code: str, detail: Mapping[str, Any]) -> str:
    """Return what is wrong and what to do: the refusal's own sentence where it has one, else that of its code."""
    return str(detail.get("detail_id") or TITLES_ID[code])


def problem(
    code: str, sentence: str, detail: dict[str, Any], instance: str, status: int | None = None
) -> Response:
    """Return the answer to a refused request. `detail` adds facts for machines, such as `missing`."""
    status = status or STATUS_OF[code]
    REFUSALS.labels(code).inc()
    body = {
        **detail,
        "type": f"/problems/{code}",
        "title": TITLES[code],
        "title_id": TITLES_ID[code],
        "status": status,
        "detail": sentence,
        "code": code,
        "instance": instance,
    }
    headers = {"Retry-After": _RETRY_AFTER} if status in (429, 503) else {}
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    return Response(msgspec.json.encode(body), status, headers, media_type=MEDIA_TYPE)


async def refused(request: Request, refusal: Exception) -> Response:
    assert isinstance(refusal, Refusal)
    return problem(refusal.code, refusal.message, refusal.detail, request.url.path)


def refusal_of(fault: Exception) -> Refusal | None:
    """Return what a fault on the way in or on the link to the database is to who asked; None for one of ours."""
    match fault:
        case Refusal():
            return fault
        case RequestValidationError():  # names the place, never the value
            first = fault.errors()[0]
            *_, name = first["loc"]
            if first["loc"][0] == "path":
                return NotFound("there is nothing at this address")
            sentence = f"{name}: {str(first['msg']).lower()}; see the reference for what it takes"
            return Invalid(sentence, field=str(name))
        case HTTPException():
            return _of_http(fault)
        case asyncpg.CharacterNotInRepertoireError():  # a text that cannot be kept, in a filter for example
            return Invalid("a value holds the character U+0000, which cannot be kept: leave it out")
    if is_lost(fault) or isinstance(fault, NOTHING_WRITTEN):
        return Busy("the database is away for a moment: send the same again with the same key")
    return None


def _of_http(fault: HTTPException) -> Refusal:
    if isinstance(fault.__cause__, Refusal):  # met while a form was read
        return fault.__cause__
    if fault.status_code == 400:  # the body does not read: ours are all 422
        return Invalid(f"the body does not read: {fault.detail}", field="body")
    code = _CODE_OF_STATUS.get(fault.status_code, "invalid")
    kind = next(kind for kind in (NotFound, TooLarge, UnsupportedMedia, Invalid) if kind.code == code)
    return kind(str(fault.detail))


async def answered_fault(request: Request, fault: Exception) -> Response:
    """Answer what refuses a request; any other fault is raised again, for it is ours to mend."""
    refusal = refusal_of(fault)
    if refusal is None:
        raise fault
    if not isinstance(fault, HTTPException) or fault.status_code == 400:
        return await refused(request, refusal)
    answer = problem(refusal.code, refusal.message, refusal.detail, request.url.path, fault.status_code)
    answer.headers.update(fault.headers or {})  # such as Allow
    return answer
