"""Packed files, read from spec/packed.md alone: contents of frames by the zstd program, everything else here."""

import hashlib
import struct
import subprocess
import sys
import tempfile

SKIPPABLE = 0x184D2A50
FRAME = 0xFD2FB528
SEEK_TABLE_KIND = 14
SEEK_TABLE_MAGIC = 0x8F92EAB1
CHECKSUM_OF_NOTHING = 0x51D8E999
LEAD_MAGIC = b"MRPACK\0\1"
MAX_FRAME = 8 << 20
MAX_ZEROS = 1 << 30
MAX_LEAD = 64 << 20
LEAD_PIECE = 1 << 20


class BadPackedFile(Exception):
    """A file that a clause does not allow."""

    def __init__(self, clause, what):
        super().__init__(f"{clause}: {what}")
        self.clause = clause


def expect(condition, clause, what):
    if not condition:
        raise BadPackedFile(clause, what)


def is_packed(path):
    with open(path, "rb") as file:
        magic = int.from_bytes(file.read(4), "little")
    return magic == FRAME or magic & 0xFFFFFFF0 == SKIPPABLE


def read_table(data):
    """PACK-1 to PACK-3: (offset, packed bytes, contents, checksum) of every frame."""
    expect(len(data) >= 17, "PACK-1", "no seek table")
    count, descriptor, magic = struct.unpack("<IBI", data[-9:])
    expect(magic == SEEK_TABLE_MAGIC, "PACK-1", "no seek table")
    expect(descriptor & 0x7C == 0, "PACK-1", "reserved bits")
    expect(descriptor & 0x80, "PACK-3", "no checksums")
    expect(8 + 12 * count + 9 <= len(data), "PACK-8", "a table longer than the file")
    table = data[-(8 + 12 * count + 9):]
    head = struct.unpack("<II", table[:8])
    expect(head == (SKIPPABLE + SEEK_TABLE_KIND, len(table) - 8), "PACK-1", "the seek table has no beginning")
    frames, at = [], 0
    for packed, contents, checksum in struct.iter_unpack("<III", table[8:-9]):
        frames.append((at, packed, contents, checksum))
        at += packed
    expect(at == len(data) - len(table), "PACK-2", "bytes that belong to no frame")
    return frames


def bound(length):
    """What zstd makes of contents at most, and a checksum."""
    return length + (length >> 8) + ((128 << 10) - length >> 11 if length < 128 << 10 else 0) + 64


def check_frame(frame, contents, checksum):
    """PACK-3, PACK-4, PACK-6 and PACK-8, by what a frame says of itself. True where it is nothing but zeros."""
    expect(len(frame) <= bound(contents), "PACK-8", "a frame longer than its contents can need")
    expect(len(frame) >= 9 and frame[:4] == struct.pack("<I", FRAME), "PACK-1", "no frame")
    descriptor = frame[4]
    single, size_code = descriptor >> 5 & 1, descriptor >> 6
    expect(descriptor & 0x08 == 0, "PACK-1", "a reserved bit")
    expect(descriptor & 0x04, "PACK-4", "no content checksum")
    expect(descriptor & 0x03 == 0, "PACK-4", "a dictionary")
    size_bytes = 1 if size_code == 0 and single else (0, 2, 4, 8)[size_code]
    at = 5 if single else 6
    size = int.from_bytes(frame[at:at + size_bytes], "little") + (256 if size_bytes == 2 else 0)
    expect(size_bytes == 0 or size == contents, "PACK-4", "another length in the frame than in the table")
    mantissa, exponent = (frame[5] & 7, frame[5] >> 3) if not single else (0, 0)
    window = contents if single else (1 << 10 + exponent) // 8 * (8 + mantissa)
    at += size_bytes
    zeros, only_zeros = 0, True
    while True:
        expect(at + 3 <= len(frame), "PACK-2", "a frame that ends between blocks")
        block = int.from_bytes(frame[at:at + 3], "little")
        last, kind, length = block & 1, block >> 1 & 3, block >> 3
        expect(kind < 3 and length <= 128 << 10, "PACK-1", "a block that there is not")
        only_zeros = only_zeros and kind == 1 and frame[at + 3:at + 4] == b"\0"
        zeros += length
        at += 3 + (1 if kind == 1 else length)
        if last:
            break
    expect(at + 4 == len(frame), "PACK-2", "a frame that ends elsewhere")
    expect(frame[-4:] == struct.pack("<I", checksum), "PACK-3", "another checksum than in the table")
    expect(contents <= (MAX_ZEROS if only_zeros else MAX_FRAME), "PACK-6" if only_zeros else "PACK-4", "too much")
    expect(only_zeros or window <= MAX_FRAME, "PACK-4", "a window of more than 8 MiB")
    expect(not only_zeros or zeros == contents, "PACK-6", "another number of zeros")
    return only_zeros


def decode(frame, contents, into=None):
    """What any zstd decoder gives of a frame (PACK-1): as many bytes as there should be, and no more are read."""
    with tempfile.TemporaryFile() as packed:
        packed.write(frame)
        packed.seek(0)
        zstd = subprocess.Popen(["zstd", "-dcq"], stdin=packed, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL)
        done = 0
        pieces = [] if into is None else None
        while done <= contents:
            piece = zstd.stdout.read(min(1 << 20, contents + 1 - done))
            if not piece:
                break
            done += len(piece)
            pieces.append(piece) if into is None else write_sparse(into, piece)
        zstd.stdout.close()
        status = zstd.wait()
    expect(done == contents, "PACK-4", "a frame that holds another length")
    expect(status == 0, "PACK-3", "a frame that zstd does not decode")
    return None if into is not None else b"".join(pieces)


def write_sparse(file, piece):
    if piece.count(0) == len(piece):
        file.seek(len(piece), 1)
    else:
        file.write(piece)


def read_lead(frame):
    """PACK-10: the length of the file, and (offset, bytes) of what a reader needs first."""
    body = frame[8:]
    expect(len(body) >= 32, "PACK-10", "a lead that ends too early")
    size, _, count, held = struct.unpack("<QIII", body[12:32])
    expect(count <= 65536 and held <= MAX_LEAD, "PACK-10", "a lead that holds too much")
    expect(len(body) >= 32 + 16 * count, "PACK-10", "a lead that ends too early")
    extents = [struct.unpack("<QQ", body[32 + 16 * i:48 + 16 * i]) for i in range(count)]
    expect(sum(length for _, length in extents) == held, "PACK-10", "extents that do not add up")
    end = -1
    for offset, length in extents:
        expect(offset > end and length > 0 and offset + length <= size, "PACK-10", "an extent out of its place")
        end = offset + length
    contents = decode(body[32 + 16 * count:], held) if held else b""
    lead, at = [], 0
    for offset, length in extents:
        lead.append((offset, contents[at:at + length]))
        at += length
    return size, lead


def unpack(path):
    """The file that was packed, as an open temporary file."""
    with open(path, "rb") as file:
        data = file.read()
    frames = read_table(data)
    out = tempfile.TemporaryFile()
    for index, (at, packed, contents, checksum) in enumerate(frames):
        frame = data[at:at + packed]
        if contents == 0:
            length = int.from_bytes(frame[4:8], "little")
            skippable = int.from_bytes(frame[:4], "little") & 0xFFFFFFF0 == SKIPPABLE and length == packed - 8
            expect(skippable, "PACK-2", "no skippable frame where the table has no contents")
            expect(checksum == CHECKSUM_OF_NOTHING, "PACK-3", "a checksum of nothing")
        else:
            check_frame(frame, contents, checksum)
            decode(frame, contents, out)
    size = out.tell()
    out.truncate(size)
    if frames and data[:4] == struct.pack("<I", SKIPPABLE) and data[8:16] == LEAD_MAGIC:
        told, lead = read_lead(data[:frames[0][1]])
        expect(told == size, "PACK-10", "a length that is not that of the file")
        for offset, held in lead:
            out.seek(offset)
            expect(out.read(len(held)) == held, "PACK-12", "other bytes in the lead than in the frames")
    out.seek(0)
    return out


def sha256(file):
    digest = hashlib.sha256()
    for chunk in iter(lambda: file.read(1 << 20), b""):
        digest.update(chunk)
    return digest.hexdigest()


if __name__ == "__main__":
    print(sha256(unpack(sys.argv[1])))
