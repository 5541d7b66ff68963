"""Zip packages from strangers: nothing is written to disk, and no more is unpacked than was weighed."""

from __future__ import annotations

import io
import re
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator
from functools import partial
from urllib.parse import unquote

from lti_tool.exchange import limits
from lti_tool.exchange.encodings import utf8_of
from lti_tool.exchange.found import Unreadable, UnreadableFile
from lti_tool.exchange.safe_xml import open_xml

_BEGINNING = b"PK\x03\x04"
_CENTRAL = b"PK\x01\x02"
_KINDS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_ENCRYPTED = 0x1
_BAD = (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError, OSError, struct.error, ValueError)
# What platforms put before the path of a file of their own.
_STANDS_FOR_ROOT = re.compile(r"^(?:\$[\w-]+\$|%24[\w-]+%24|@X@EmbeddedFile\.[\w]+@X@|@@PLUGINFILE@@)/?")
_BLACKBOARD_ID = re.compile(r"xid-\d+_\d+")
_DOCUMENTS = (".xml", ".dat", ".qti")


def is_package(data: bytes) -> bool:
    return data.startswith(_BEGINNING)


class Package:
    """UnreadableFile for what is damaged, encrypted, too large, or names files outside itself."""

    def __init__(self, data: bytes) -> None:
        # Each entry has this mark; the directory is read as a whole, so it is counted first.
        if data.count(_CENTRAL) > limits.ZIP_ENTRIES:
            raise UnreadableFile(Unreadable.ZIP_TOO_LARGE)
        try:
            self._zip = zipfile.ZipFile(io.BytesIO(data))
        except _BAD:
            raise UnreadableFile(Unreadable.BROKEN_ZIP) from None
        self.entries = {entry.filename: entry for entry in self._zip.infolist() if not entry.is_dir()}
        self._left = limits.ZIP_BYTES
        _check(list(self.entries.values()))
        self._images: dict[str, bytes] = {}
        self._held: dict[bytes, bytes] = {}
        self._by_name: dict[str, str] = {}
        for name in self.entries:
            self._by_name.setdefault(name.rpartition("/")[2].lower(), name)
            identity = _BLACKBOARD_ID.search(name.rpartition("/")[2])
            if identity and not name.endswith(".xml"):
                self._by_name.setdefault(identity[0], name)

    def documents(self) -> list[str]:
        """The entries that may hold XML, in the order of the manifest where it names them, else by name."""
        names = sorted(name for name in self.entries if name.lower().endswith(_DOCUMENTS))
        order = {name: number for number, name in enumerate(self._manifest())}
        return sorted(names, key=lambda name: order.get(name, len(order)))

    def _manifest(self) -> Iterator[str]:
        """https://www.imsglobal.org/content/packaging/; Blackboard has its files in attributes of its own."""
        manifests = [name for name in self.entries if name.rpartition("/")[2].lower() == "imsmanifest.xml"]
        if not manifests:
            return
        manifest = min(manifests, key=len)
        folder = manifest.rpartition("/")[0]
        for resource in open_xml(utf8_of(self.read(manifest)), "resource").each("resource"):
            for element in resource.iter():
                for key, value in element.attrib.items():
                    if str(key).rpartition("}")[2] in ("href", "file"):
                        yield _flattened(f"{folder}/{unquote(str(value))}")

    def read(self, name: str) -> bytes:
        """UnreadableFile when it is larger than a document may be, whatever the directory says."""
        data = self._begin(name, limits.DOCUMENT_BYTES + 1)
        if len(data) > limits.DOCUMENT_BYTES:
            raise UnreadableFile(Unreadable.ZIP_TOO_LARGE)
        return data

    def _begin(self, name: str, length: int) -> bytes:
        """The first bytes; UnreadableFile when more has been unpacked than a package may hold."""
        try:
            with self._zip.open(self.entries[name]) as file:
                data = file.read(min(length, self._left + 1))
        except _BAD:
            raise UnreadableFile(Unreadable.BROKEN_ZIP) from None
        self._left -= len(data)
        if self._left < 0:
            raise UnreadableFile(Unreadable.ZIP_TOO_LARGE)
        return data

    def images_beside(self, document: str) -> partial[tuple[str, bytes] | None]:
        return partial(self._image, document.rpartition("/")[0])

    def _image(self, folder: str, address: str) -> tuple[str, bytes] | None:
        name = self._entry(folder, address)
        if name is None:
            return None
        if name not in self._images:
            # One byte more than an image may have is enough to refuse it.
            image = self._begin(name, limits.IMAGE_BYTES + 1)
            # Those that are the same are held once, and are soon seen to be.
            self._images[name] = self._held.setdefault(image, image)
        return name, self._images[name]

    def _entry(self, folder: str, address: str) -> str | None:
        path = unquote(_STANDS_FOR_ROOT.sub("", address).partition("?")[0].partition("#")[0])
        if not path or "//" in address:
            return None
        for candidate in (f"{folder}/{path}", path, f"web_resources/{path}", f"resources/{path}"):
            name = _flattened(candidate)
            if name in self.entries:
                return name
        identity = _BLACKBOARD_ID.search(path)
        if identity:
            return self._by_name.get(identity[0])
        return self._by_name.get(path.rpartition("/")[2].lower())


def _flattened(path: str) -> str:
    parts: list[str] = []
    for part in path.split("/"):
        if part == "..":
            parts = parts[:-1]
        elif part not in ("", "."):
            parts.append(part)
    return "/".join(parts)


def _check(entries: list[zipfile.ZipInfo]) -> None:
    for entry in entries:
        if entry.flag_bits & _ENCRYPTED:
            raise UnreadableFile(Unreadable.ZIP_ENCRYPTED)
        if entry.compress_type not in _KINDS:
            raise UnreadableFile(Unreadable.BROKEN_ZIP)
        if _leads_outside(entry):
            raise UnreadableFile(Unreadable.ZIP_PATHS)
        if entry.file_size > limits.ZIP_RATIO_FROM and entry.file_size > limits.ZIP_RATIO * max(1, entry.compress_size):
            raise UnreadableFile(Unreadable.ZIP_TOO_LARGE)
    if sum(entry.file_size for entry in entries) > limits.ZIP_BYTES:
        raise UnreadableFile(Unreadable.ZIP_TOO_LARGE)


def _leads_outside(entry: zipfile.ZipInfo) -> bool:
    """An absolute path, a drive, a way upwards or a link."""
    path = entry.orig_filename.replace("\\", "/")
    parts = path.split("/")
    is_link = stat.S_ISLNK(entry.external_attr >> 16)
    return path.startswith("/") or ".." in parts or ":" in parts[0] or is_link or "\0" in path
