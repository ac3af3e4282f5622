"""The testee: the reader and the writer that were made from the prose, asked over the protocol."""

import sys

sys.path.insert(0, "..")

from packed import BadPackedFile, is_packed, sha256, unpack
from reader import BadFile, Snapshot
from serve import Rejected, serve
from writer import write_snapshot


def unpacked(path):
    try:
        return unpack(path)
    except BadPackedFile as error:
        raise Rejected(error.clause, str(error)) from error


def read(request):
    with unpacked(request["file"]) if is_packed(request["file"]) else open(request["file"], "rb") as file:
        try:
            snapshot = Snapshot(file, request.get("streamOffset", 0))
            return {"blocks": [describe(snapshot, block) for block in snapshot.blocks]}
        except BadFile as error:
            raise Rejected(error.clause, str(error)) from error


def describe(snapshot, block):
    return {
        "id": block.idstr,
        "usedLength": block.used_length,
        "pageSize": block.page_size,
        "setPages": len(snapshot.set_pages(block)),
        "sha256": snapshot.memory_sha256(block),
    }


def write(request):
    return {"sizeBytes": write_snapshot(request["file"], request["snapshot"], request.get("streamOffset", 0))}


def unpack_all(request):
    with unpacked(request["file"]) as file:
        size = file.seek(0, 2)
        file.seek(0)
        return {"sizeBytes": size, "sha256": sha256(file)}


serve("python-prose", "1", {"read": read, "write": write, "unpack": unpack_all})
