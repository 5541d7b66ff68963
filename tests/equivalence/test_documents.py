from __future__ import annotations

import pytest

from lti_tool.equivalence.documents import FILE_BYTES, Refused, RefusedDocument, document_of

PNG = b"\x89PNG\r\n\x1a\n..."


@pytest.mark.parametrize(
    ("filename", "data", "kept", "media_type"),
    [
        ("Vitnemål 2025.pdf", b"%PDF-1.7", "Vitnemål 2025.pdf", "application/pdf"),
        ("photo.html", PNG, "photo.png", "image/png"),
        ("scan.JPEG", b"\xff\xd8\xff\xe0", "scan.jpg", "image/jpeg"),
        ("C:\\x\\..\\..\\a.pdf.exe", b"%PDF-", "a.pdf.pdf", "application/pdf"),
        ('/etc/"pass;wd\r\n.pdf', b"%PDF-", "pass wd.pdf", "application/pdf"),
        ("....", b"%PDF-", "document.pdf", "application/pdf"),
        ("x" * 400 + ".pdf", b"%PDF-", "x" * 100 + ".pdf", "application/pdf"),
    ],
    ids=["pdf", "png", "jpeg", "folders", "signs", "no name", "long"],
)
def test_a_file_is_known_by_its_content_and_named_after_it(
    filename: str, data: bytes, kept: str, media_type: str
) -> None:
    document = document_of(filename, data)
    assert (document.filename, document.media_type, document.data) == (kept, media_type, data)


@pytest.mark.parametrize("data", [b"", b"<html>", b"PK\x03\x04", b" %PDF-1.7", b"GIF89a", b"<svg/>"], ids=range(6))
def test_what_is_neither_pdf_nor_png_nor_jpeg_is_refused_whatever_its_name(data: bytes) -> None:
    with pytest.raises(RefusedDocument) as refused:
        document_of("a.pdf", data)
    assert refused.value.code is Refused.KIND


def test_a_file_over_ten_megabytes_is_refused() -> None:
    assert document_of("a.pdf", b"%PDF-".ljust(FILE_BYTES)).data
    with pytest.raises(RefusedDocument) as refused:
        document_of("a.pdf", b"%PDF-".ljust(FILE_BYTES + 1))
    assert refused.value.code is Refused.TOO_LARGE
