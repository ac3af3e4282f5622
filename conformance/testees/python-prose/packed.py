"""Packed files, read from spec/packed.md alone: the frames by the zstd program, everything else here."""

import hashlib
import struct
import subprocess
import sys
import tempfile

SKIPPABLE = 0x184D2A50
SEEK_TABLE_KIND = 14
SEEK_TABLE_MAGIC = 0x8F92EAB1
CHECKSUM_OF_NOTHING = 0x51D8E999
LEAD_MAGIC = b"MRPACK\0\1"


class BadPackedFile(Exception):
    """A file that a clause does not allow."""

    def __init__(self, clause, what):
        super().__init__(f"{clause}: {what}")
        self.clause = clause


def is_packed(path):
    with open(path, "rb") as file:
        head = file.read(16)
    return head[:4] == struct.pack("<I", SKIPPABLE) and head[8:] == LEAD_MAGIC


def read_table(data):
    """PACK-1 to PACK-3: (packed bytes, contents, checksum) of every frame."""
    count, descriptor, magic = struct.unpack("<IBI", data[-9:])
    if magic != SEEK_TABLE_MAGIC:
        raise BadPackedFile("PACK-1", "no seek table")
    if descriptor != 0x80:
        raise BadPackedFile("PACK-3", "no checksums")
    table = data[-(8 + 12 * count + 9):]
    if struct.unpack("<II", table[:8]) != (SKIPPABLE + SEEK_TABLE_KIND, len(table) - 8):
        raise BadPackedFile("PACK-1", "the seek table has no beginning")
    entries = [struct.unpack("<III", table[8 + 12 * i:20 + 12 * i]) for i in range(count)]
    if sum(packed for packed, _, _ in entries) != len(data) - len(table):
        raise BadPackedFile("PACK-2", "bytes that belong to no frame")
    return entries


def check_frames(data, entries):
    """PACK-3: what a frame ends with is what the table has."""
    at = 0
    for packed, contents, checksum in entries:
        frame = data[at:at + packed]
        if contents == 0 and checksum != CHECKSUM_OF_NOTHING:
            raise BadPackedFile("PACK-3", "a checksum of nothing")
        if contents > 0 and struct.unpack("<I", frame[-4:])[0] != checksum:
            raise BadPackedFile("PACK-3", "another checksum in the frame than in the table")
        at += packed


def decode(frames):
    """Any zstd decoder: PACK-1."""
    return subprocess.run(["zstd", "-dcq"], input=frames, stdout=subprocess.PIPE, check=True).stdout


def read_lead(frame):
    """PACK-10: the length of the file, and (offset, bytes) of what a reader needs first."""
    body = frame[8:]
    size, _, count, held = struct.unpack("<QIII", body[12:32])
    extents = [struct.unpack("<QQ", body[32 + 16 * i:48 + 16 * i]) for i in range(count)]
    contents = decode(body[32 + 16 * count:])
    if len(contents) != held or sum(length for _, length in extents) != held:
        raise BadPackedFile("PACK-10", "extents that do not add up")
    lead, at = [], 0
    for offset, length in extents:
        lead.append((offset, contents[at:at + length]))
        at += length
    return size, lead


def unpack(path):
    """The file that was packed, as an open temporary file."""
    with open(path, "rb") as file:
        data = file.read()
    entries = read_table(data)
    check_frames(data, entries)
    contents = tempfile.NamedTemporaryFile()
    subprocess.run(["zstd", "-dqf", "--sparse", path, "-o", contents.name], check=True)
    out = open(contents.name, "rb")
    contents.close()
    size, lead = read_lead(data[:entries[0][0]])
    if size != sum(contents for _, contents, _ in entries) or size != out.seek(0, 2):
        raise BadPackedFile("PACK-10", "a length that is not that of the file")
    for offset, held in lead:
        out.seek(offset)
        if out.read(len(held)) != held:
            raise BadPackedFile("PACK-12", "other bytes in the lead than in the frames")
    out.seek(0)
    return out


def main(path):
    out = unpack(path)
    digest = hashlib.sha256()
    for chunk in iter(lambda: out.read(1 << 20), b""):
        digest.update(chunk)
    print(digest.hexdigest())


if __name__ == "__main__":
    main(sys.argv[1])
