"""Reads mapped-ram files. Written from spec/mapped-ram.md alone, with Python's standard library; each step names the
clause that it follows."""

import hashlib
import re
import struct

END_MARKER, START, PART, END, FULL, SUBSECTION, CONFIGURATION, COMMAND, FOOTER = 0, 1, 2, 3, 4, 5, 7, 8, 0x7E
MEM_SIZE, EOS = 0x04, 0x10
IGNORED_FLAGS = 0x20
REFUSED_FLAGS = {0x02: "ZERO", 0x08: "PAGE", 0x40: "XBZRLE", 0x80: "HOOK", 0x200: "MULTIFD_FLUSH"}
SMALLEST_PAGE, LARGEST_PAGE = 0x100, 0x10000
# What follows a footer: START or FULL with an idstr, PART or END, a command, or the end marker and a vmdescription.
LOOKS_LIKE_A_RECORD = rb"(?=[\x01\x04].{4}[\x01-\xff][\x20-\x7e]|[\x02\x03]\x00|\x08\x00|\x00(?:\x06|\Z))"
CHUNK = 1 << 20


class BadFile(Exception):
    """The file breaks a clause."""

    def __init__(self, clause, message):
        super().__init__(message)
        self.clause = clause


class Block:
    """A RAM block: BLOCK-2 and HEADER-1."""

    def __init__(self, idstr, used_length, page_size, bitmap_offset, pages_offset, is_ignored):
        self.idstr = idstr
        self.used_length = used_length
        self.page_size = page_size
        self.bitmap_offset = bitmap_offset
        self.pages_offset = pages_offset
        self.is_ignored = is_ignored
        self.page_count = used_length // page_size  # BITMAP-1: rounded down


class Snapshot:
    """A mapped-ram file, read up to its end marker, or as far as it can be known. `file` is open for reading in binary mode."""

    def __init__(self, file, stream_offset=0):
        self._file = file
        self._size = file.seek(0, 2)
        self._at = self._find_stream(stream_offset)
        self.capabilities = None
        self.blocks = []
        self._idstrs = {}  # by section id
        self._has_footers = None  # FOOTER-2: known after the first body whose end is known
        self._read_stream()

    def set_pages(self, block):
        """The numbers of the pages whose bit is set, ascending. BITMAP-2; little-endian, ORDER-2."""
        if block.is_ignored:
            return []
        bitmap = self._bytes_at(block.bitmap_offset, (block.page_count + 63) // 64 * 8, "BITMAP-1")
        # BITMAP-4: bits past the last page are ignored
        return [page for page in range(block.page_count) if bitmap[page >> 3] >> (page & 7) & 1]

    def memory_sha256(self, block):
        """The hash of the block's memory, clear pages as zeros: BITMAP-3."""
        digest = hashlib.sha256()
        if block.is_ignored:
            return digest.hexdigest()
        zeros = bytes(CHUNK)

        def add_zeros(length):
            while length > 0:
                digest.update(zeros[: min(length, CHUNK)])
                length -= CHUNK

        hashed = 0
        for page in self.set_pages(block):
            add_zeros((page - hashed) * block.page_size)
            offset = block.pages_offset + page * block.page_size  # PAGES-1
            digest.update(self._bytes_at(offset, block.page_size, "LAYOUT-6"))
            hashed = page + 1
        add_zeros((block.page_count - hashed) * block.page_size)
        return digest.hexdigest()

    def _find_stream(self, told):
        """CONTAINER-1: told; or CONTAINER-3 to CONTAINER-8: behind libvirt's header."""
        self._file.seek(0)
        header = self._file.read(92)
        if told != 0 or not header.startswith(b"LibvirtQemud") or len(header) < 92:
            return told
        if header[:16] != b"LibvirtQemudSave":
            raise BadFile("CONTAINER-8", "the libvirt image is incomplete")
        order = "<" if struct.unpack_from("<I", header, 16)[0] <= 2 else ">"
        version, data_len, _, image_format, cookie = struct.unpack_from(order + "5I", header, 16)
        if version != 2:
            raise BadFile("CONTAINER-3", f"the version of the libvirt image is {version}")
        if image_format != 6:
            raise BadFile("CONTAINER-7", f"the format of the libvirt image is {image_format}")
        if cookie > data_len:
            raise BadFile("CONTAINER-5", "the cookie of the libvirt image lies outside")
        return 92 + data_len

    def _read_stream(self):
        magic, version = self._unpack(">II", "STREAM-1")
        if magic != 0x5145564D:
            raise BadFile("STREAM-2", f"the magic is {magic:#x}")
        if version != 3:
            raise BadFile("STREAM-3", f"the stream's version is {version}")
        if self._peek() == CONFIGURATION:
            self._read_configuration()
        while self._read_record():
            pass
        if not any(idstr == "ram" for idstr in self._idstrs.values()):
            raise BadFile("RAM-1", "there is no ram section")

    def _read_configuration(self):
        self._unpack(">B", "CONFIG-1")
        (length,) = self._unpack(">I", "CONFIG-2")
        self._take(length, "CONFIG-2")
        while self._peek() == SUBSECTION:  # CONFIG-3
            self._unpack(">B", "CONFIG-4")
            name = self._counted_string("CONFIG-4").split("\0")[0]
            self._unpack(">I", "CONFIG-4")
            if name == "configuration/capabilities":
                (count,) = self._unpack(">I", "CONFIG-5")
                if count > self._size:
                    raise BadFile("CONFIG-5", f"{count} capabilities")
                self.capabilities = [self._counted_string("CONFIG-5") for _ in range(count)]
            elif name == "configuration/uuid":
                self._take(16, "CONFIG-6")
            elif name == "configuration/target-page-bits":
                self._unpack(">I", "CONFIG-7")
            else:
                raise BadFile("CONFIG-4", f"the subsection {name!r} is not known")
        if "mapped-ram" not in (self.capabilities or []):
            raise BadFile("CONFIG-9", "mapped-ram is not among the capabilities")

    def _read_record(self):
        """SECTION-1. Returns whether another record is to be read."""
        (record_type,) = self._unpack(">B", "END-1")
        if record_type == END_MARKER:
            return False
        if record_type == COMMAND:
            self._read_command()
            return True
        if record_type in (START, FULL):
            section_id, idstr = self._read_opening()
        elif record_type in (PART, END):
            (section_id,) = self._unpack(">I", "SECTION-3")
            if section_id not in self._idstrs:
                raise BadFile("SECTION-4", f"no section has the id {section_id}")
            idstr = self._idstrs[section_id]
        else:
            raise BadFile("SECTION-1", f"no record has the type {record_type:#x}")
        if idstr == "ram":
            self._read_ram_words()
            self._read_footer(section_id)
        elif self._has_footers:
            self._skip_body(section_id)
        else:
            return False  # SECTION-6: nothing tells where the next record starts
        return True

    def _read_command(self):
        lengths = {1: 0, 2: 4, 3: None, 4: 0, 5: 0, 6: None, 7: 4, 8: 0, 9: 0, 10: None, 11: 0}  # COMMAND-2
        command, length = self._unpack(">HH", "COMMAND-1")
        if command not in lengths or lengths[command] not in (None, length):
            raise BadFile("COMMAND-3", f"command {command} with {length} bytes")
        self._take(length, "COMMAND-1")

    def _read_opening(self):
        (section_id,) = self._unpack(">I", "SECTION-2")
        idstr = self._counted_string("SECTION-2")
        _, version = self._unpack(">II", "SECTION-2")
        if idstr == "ram" and version != 4:
            raise BadFile("RAM-3", f"the ram section has the version {version}")
        self._idstrs[section_id] = idstr
        return section_id, idstr

    def _read_ram_words(self):
        """RAM-1: words up to one with EOS."""
        while True:
            (word,) = self._unpack(">Q", "RAM-2")
            # the target's page size is that of the blocks, once they are known
            flags = word & ((self.blocks[0].page_size if self.blocks else SMALLEST_PAGE) - 1)
            if flags & EOS == 0 and flags & MEM_SIZE == 0:
                raise BadFile("FLAGS-3", f"a word with the flags {flags:#x}")
            for flag, name in REFUSED_FLAGS.items():
                if flags & flag:
                    raise BadFile("FLAGS-2", f"a word with the flag {name}")
            if flags & ~(MEM_SIZE | EOS | IGNORED_FLAGS):
                raise BadFile("FLAGS-3", f"a word with the flags {flags:#x}")
            if flags & MEM_SIZE:
                self._read_block_table(word - flags)
            if flags & EOS:
                return

    def _read_block_table(self, total):
        """BLOCK-1: entries until their lengths add up to the total."""
        left = total
        while left > 0:
            block = self._read_block()
            left -= block.used_length
            self.blocks.append(block)
        if left < 0:
            raise BadFile("BLOCK-6", "the lengths of the blocks go past the total")

    def _read_block(self):
        idstr = self._counted_string("BLOCK-2")
        if idstr == "":
            raise BadFile("BLOCK-3", "a block without a name")
        (used_length,) = self._unpack(">Q", "BLOCK-2")
        if used_length == 0:
            raise BadFile("BLOCK-5", f"the block {idstr} has no length")
        has_addresses = "x-ignore-shared" in (self.capabilities or [])
        if has_addresses:
            self._unpack(">Q", "SHARED-1")
        version, page_size, bitmap_offset, pages_offset = self._unpack(">IQQQ", "HEADER-1")
        if version > 1:
            raise BadFile("HEADER-2", f"the version of the mapped-ram header is {version}")
        is_page_size = SMALLEST_PAGE <= page_size <= LARGEST_PAGE and page_size & (page_size - 1) == 0
        if not is_page_size:
            raise BadFile("PLATFORM-1", f"the page size is {page_size}")
        if has_addresses and bitmap_offset == 0 and pages_offset == 0:  # SHARED-2: the next entry follows at once
            return Block(idstr, used_length, page_size, 0, 0, True)
        if pages_offset % page_size != 0:
            raise BadFile("HEADER-5", f"pages_offset of {idstr} is {pages_offset}")
        self._at = pages_offset + used_length  # LAYOUT-4
        return Block(idstr, used_length, page_size, bitmap_offset, pages_offset, False)

    def _read_footer(self, section_id):
        is_there = self._peek() == FOOTER
        if self._has_footers is None:
            self._has_footers = is_there
        if is_there != self._has_footers:
            raise BadFile("FOOTER-3", f"the footer of section {section_id} is missing")
        if not is_there:
            return
        _, named = self._unpack(">BI", "FOOTER-1")
        if named != section_id:
            raise BadFile("FOOTER-3", f"the footer of section {section_id} names {named}")

    def _skip_body(self, section_id):
        """SECTION-6: up to a footer that a record follows. Where there is none, one that an end marker follows."""
        rest = self._bytes_at(self._at, self._size - self._at, "END-1")
        footer = re.escape(b"\x7e" + struct.pack(">I", section_id))
        found = re.search(footer + LOOKS_LIKE_A_RECORD, rest, re.S) or re.search(footer + rb"(?=\x00)", rest)
        if found is None:
            raise BadFile("FOOTER-3", f"section {section_id} has no footer")
        self._at += found.end()

    def _counted_string(self, clause):
        (length,) = self._unpack(">B", clause)
        return self._take(length, clause).decode("latin-1")

    def _unpack(self, layout, clause):
        return struct.unpack(layout, self._take(struct.calcsize(layout), clause))

    def _take(self, length, clause):
        taken = self._bytes_at(self._at, length, clause)
        self._at += length
        return taken

    def _bytes_at(self, offset, length, clause):
        if offset + length > self._size:
            raise BadFile(clause, f"the file ends before {offset + length}")
        self._file.seek(offset)
        return self._file.read(length)

    def _peek(self):
        """The next byte, or -1 at the end of the file."""
        return self._bytes_at(self._at, 1, "END-1")[0] if self._at < self._size else -1
