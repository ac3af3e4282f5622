"""The testee: the parsers that Kaitai generates in Python. They know the layout and check little."""

import hashlib
import sys

sys.path.insert(0, "..")

import kaitaistruct
from libvirt_save import LibvirtSave
from mapped_ram import MappedRam
from serve import Rejected, serve

CHUNK = 1 << 20
# What the generated code throws where a file does not have the form; OSError where it seeks to what is no offset.
PARSE_ERRORS = (kaitaistruct.KaitaiStructError, EOFError, ValueError, ZeroDivisionError, RecursionError, OSError)


def read(request):
    with open(request["file"], "rb") as file:
        try:
            file.seek(request.get("streamOffset") or libvirt_stream_offset(file))
            stream = MappedRam(kaitaistruct.KaitaiStream(file))
            return {"blocks": [describe(file, block) for block in blocks_of(stream)]}
        except PARSE_ERRORS as error:
            raise Rejected(type(error).__name__, str(error)) from error


def libvirt_stream_offset(file):
    if file.read(12) != b"LibvirtQemud":
        return 0
    file.seek(0)
    return LibvirtSave(kaitaistruct.KaitaiStream(file)).ofs_stream


def blocks_of(stream):
    for record in stream.records:
        if record.is_ram and record.is_opening:
            for item in record.ram_body.items:
                if item.block_table is not None:
                    yield from item.block_table.blocks


def describe(file, block):
    pages = [] if block.is_ignored else set_pages(block.bitmap, block.num_pages)
    return {
        "id": block.entry.idstr,
        "usedLength": block.entry.len_used,
        "pageSize": block.header.len_page,
        "setPages": len(pages),
        "sha256": hash_memory(file, block, pages),
    }


def set_pages(bitmap, num_pages):
    return [page for page in range(num_pages) if bitmap[page // 8] >> page % 8 & 1]


def hash_memory(file, block, pages):
    """Over the set pages in their places, and zeros in all others."""
    digest = hashlib.sha256()
    if block.is_ignored:
        return digest.hexdigest()
    len_page = block.header.len_page
    at = 0
    for page in pages:
        add_zeros(digest, page * len_page - at)
        file.seek(block.header.ofs_pages + page * len_page)
        content = file.read(len_page)
        if len(content) < len_page:
            raise EOFError(f"page {page} is cut")
        digest.update(content)
        at = (page + 1) * len_page
    add_zeros(digest, block.num_pages * len_page - at)
    return digest.hexdigest()


def add_zeros(digest, length):
    zeros = bytes(min(length, CHUNK))
    while length > 0:
        digest.update(zeros[:length])
        length -= CHUNK


serve("kaitai-python", ".".join(map(str, kaitaistruct.API_VERSION)), {"read": read})
