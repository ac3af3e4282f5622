"""Writes mapped-ram files. Written from spec/mapped-ram.md alone, with Python's standard library; each step names the
clause that it follows."""

import os
import struct

MEM_SIZE, EOS = 0x04, 0x10
WORD = 64
ALIGNMENT = 1 << 20
CHUNK = 1 << 20


def write_snapshot(path, snapshot, stream_offset=0):
    """Makes the file that a `write` question asks for. Returns its length."""
    with open(path, "xb") as file:
        file.seek(stream_offset)  # CONTAINER-1
        file.write(_head(snapshot))
        for block in snapshot["blocks"]:
            _write_block(file, block, "x-ignore-shared" in snapshot["configuration"]["capabilities"])
        section_id = struct.pack(">I", snapshot["ramSectionId"])
        eos, footer = struct.pack(">Q", EOS), b"\x7e" + section_id  # EOS-1, FOOTER-1
        file.write(eos + footer)
        for record_type in b"\x02", b"\x03":  # SECTION-3: PART and END, each with an EOS word alone
            file.write(record_type + section_id + eos + footer)
        with open(snapshot["rest"], "rb") as rest:
            file.write(rest.read())
        file.truncate()
        return file.tell()


def _head(snapshot):
    """Up to the word before the block table."""
    configuration = snapshot["configuration"]
    machine = configuration["machine"].encode()
    head = struct.pack(">II", 0x5145564D, 3)  # STREAM-1
    head += b"\x07" + struct.pack(">I", len(machine)) + machine  # CONFIG-1, CONFIG-2
    if "targetPageBits" in configuration:
        head += _subsection("configuration/target-page-bits")
        head += struct.pack(">I", configuration["targetPageBits"])  # CONFIG-7
    capabilities = configuration["capabilities"]
    head += _subsection("configuration/capabilities") + struct.pack(">I", len(capabilities))  # CONFIG-5
    head += b"".join(_counted(name) for name in capabilities)
    if "uuid" in configuration:
        head += _subsection("configuration/uuid") + bytes.fromhex(configuration["uuid"].replace("-", ""))  # CONFIG-6
    # SECTION-2: START, id, idstr, instance, version; RAM-3
    head += b"\x01" + struct.pack(">I", snapshot["ramSectionId"]) + _counted("ram") + struct.pack(">II", 0, 4)
    total = sum(block["usedLength"] for block in snapshot["blocks"])
    return head + struct.pack(">Q", total | MEM_SIZE)  # BLOCK-1, BLOCK-6


def _write_block(file, block, has_addresses):
    """The entry, the header, the bitmap and the pages; the file stands where the stream goes on afterwards."""
    page_size, used_length = block["pageSize"], block["usedLength"]
    entry = _counted(block["id"]) + struct.pack(">Q", used_length)  # BLOCK-2
    if has_addresses:
        entry += struct.pack(">Q", block["guestPhysicalAddress"])  # SHARED-1
    if "memory" not in block:
        file.write(entry + struct.pack(">IQQQ", 1, page_size, 0, 0))  # SHARED-2
        return
    bitmap = bytearray((used_length // page_size + WORD - 1) // WORD * WORD // 8)  # BITMAP-1
    bitmap_offset = file.tell() + len(entry) + 28  # LAYOUT-2
    pages_offset = (bitmap_offset + len(bitmap) + ALIGNMENT - 1) // ALIGNMENT * ALIGNMENT  # LAYOUT-3
    file.write(entry + struct.pack(">IQQQ", 1, page_size, bitmap_offset, pages_offset))  # HEADER-1, HEADER-2
    with open(block["memory"], "rb") as memory:
        for at in _data_chunks(memory, used_length):
            memory.seek(at)
            chunk = memory.read(CHUNK)
            for start in range(0, len(chunk), page_size):
                page = chunk[start : start + page_size]
                if page.count(0) == len(page):
                    continue  # BITMAP-3: a page of zeros keeps its bit clear, and its place stays a hole
                index = (at + start) // page_size
                bitmap[index >> 3] |= 1 << (index & 7)  # BITMAP-2, ORDER-2
                file.seek(pages_offset + at + start)  # PAGES-1
                file.write(page)
    file.seek(bitmap_offset)
    file.write(bitmap)
    file.seek(pages_offset + used_length)  # LAYOUT-4


def _data_chunks(memory, length):
    """Where chunks begin that are not only holes."""
    at = 0
    while at < length:
        try:
            at = os.lseek(memory.fileno(), at, os.SEEK_DATA) // CHUNK * CHUNK
        except OSError:
            return
        yield at
        at += CHUNK


def _counted(text):
    encoded = text.encode()
    return struct.pack(">B", len(encoded)) + encoded


def _subsection(name):
    """CONFIG-4: the type, the name and the version."""
    return b"\x05" + _counted(name) + struct.pack(">I", 1)
