meta:
  id: mapped_ram
  title: QEMU migration stream with mapped-ram
  application: QEMU 9.0 and later
  file-extension: mr
  xref:
    wikidata: Q624699 # QEMU
  tags:
    - virtual-machine
    - snapshot
  license: CC0-1.0
  ks-version: 0.11
  encoding: ASCII
  endian: be
doc: |
  A virtual machine that QEMU (9.0 and later) saved to a file with the
  capability `mapped-ram`: a migration stream in which every guest page has a
  fixed place in the file.

  The grammar can be used in two ways.

  1. Whole: parse this type on a stream over the file, positioned at the magic.
     Records are found one after another by their offsets, so that neither
     bitmaps nor pages are read before they are asked for. A section other than
     `ram` does not say how long it is; its end is searched for, see
     `opaque_body`.
  2. An element at a time: a reader that walks the stream itself parses
     `stream_header`, `opening_section_header`, `ram_word`, `ram_block_entry`,
     `mapped_ram_header` and so on, each at its place. These types check
     nothing, so that a damaged file can be described too. None of them holds
     the type byte that announces it.
doc-ref:
  - https://mapped-ram.dev/spec
  - https://www.qemu.org/docs/master/devel/migration/mapped-ram.html
seq:
  - id: magic
    contents: QEVM
    doc-ref: https://mapped-ram.dev/spec#STREAM-2
  - id: version
    type: u4
    valid: 3
    doc-ref: https://mapped-ram.dev/spec#STREAM-3
  - id: records
    type: |
      record(
        _index == 0 ? _io.pos : records[_index - 1].ofs_end,
        _index == 0 ? -1 : records[_index - 1].ram_section_id,
        _index == 0 ? false : records[_index - 1].has_guest_physical_addresses)
    repeat: until
    repeat-until: _.is_last
    doc-ref: https://mapped-ram.dev/spec#SECTION-1
instances:
  has_vmdescription:
    value: records.last.is_end_marker and records.last.ofs_end < _io.size
  vmdescription:
    pos: records.last.ofs_end
    type: vmdescription
    if: has_vmdescription
    doc: What follows the end marker; absent where the file ends there.
    doc-ref: https://mapped-ram.dev/spec#VMDESC-1
types:
  stream_header:
    doc: The first eight bytes of the stream.
    doc-ref: https://mapped-ram.dev/spec#STREAM-1
    seq:
      - id: magic
        type: u4
        doc: 0x5145564d, "QEVM".
      - id: version
        type: u4
        doc: Always 3.
  configuration_header:
    doc: |
      The start of the configuration section; subsections follow while the next
      byte is 0x05.
    doc-ref: https://mapped-ram.dev/spec#CONFIG-2
    seq:
      - id: len_machine
        -orig-id: len
        type: u4
      - id: machine
        -orig-id: name
        type: str
        size: len_machine
        doc: Name of the machine type, without a terminator.
  configuration_subsection:
    doc: |
      A subsection of the configuration section, after its type byte. The body
      of one with another name has no length and cannot be skipped.
    doc-ref: https://mapped-ram.dev/spec#CONFIG-4
    seq:
      - id: len_name
        type: u1
      - id: name
        type: strz
        size: len_name
        doc: Up to a NUL, if there is one.
      - id: version_id
        type: u4
      - id: body
        type:
          switch-on: name
          cases:
            '"configuration/capabilities"': capabilities
            '"configuration/target-page-bits"': target_page_bits
            '"configuration/uuid"': uuid
  capabilities:
    doc: The capabilities that the destination must agree with.
    doc-ref: https://mapped-ram.dev/spec#CONFIG-5
    seq:
      - id: num_capabilities
        -orig-id: caps_count
        type: u4
      - id: capabilities
        type: capability
        repeat: expr
        repeat-expr: num_capabilities
  capability:
    doc: The name of a capability.
    doc-ref: https://mapped-ram.dev/spec#CONFIG-5
    seq:
      - id: len_name
        type: u1
      - id: name
        type: str
        size: len_name
  target_page_bits:
    doc: The page size of a target whose page size is not fixed.
    doc-ref: https://mapped-ram.dev/spec#CONFIG-7
    seq:
      - id: page_bits
        -orig-id: target_page_bits
        type: u4
        doc: The page size is 2 to the power of this.
  uuid:
    doc: The UUID of the virtual machine.
    doc-ref: https://mapped-ram.dev/spec#CONFIG-6
    seq:
      - id: value
        -orig-id: uuid
        size: 16
  opening_section_header:
    doc: The header of a START or FULL section.
    doc-ref: https://mapped-ram.dev/spec#SECTION-2
    seq:
      - id: section_id
        type: u4
      - id: len_idstr
        type: u1
      - id: idstr
        type: str
        size: len_idstr
        doc: What the section holds, such as `ram` or `0000:00:02.0/vga`.
      - id: instance_id
        type: u4
      - id: version_id
        type: u4
        doc: Version of the body's format.
  continuing_section_header:
    doc: The header of a PART or END section.
    doc-ref: https://mapped-ram.dev/spec#SECTION-3
    seq:
      - id: section_id
        type: u4
        doc: The id of the START section that this one continues.
  section_footer:
    doc: What follows the body of a section, after its type byte.
    doc-ref: https://mapped-ram.dev/spec#FOOTER-1
    seq:
      - id: section_id
        type: u4
        doc: The id of the section that ends here.
  command:
    doc: A command to the destination.
    doc-ref: https://mapped-ram.dev/spec#COMMAND-1
    seq:
      - id: command
        type: u2
        enum: command_type
      - id: len_data
        -orig-id: len
        type: u2
      - id: data
        size: len_data
  vmdescription_frame:
    doc: The length of the JSON that follows.
    doc-ref: https://mapped-ram.dev/spec#VMDESC-1
    seq:
      - id: len_json
        -orig-id: vmdesc_len
        type: u4
  vmdescription:
    doc: The vmdescription with its type byte.
    doc-ref: https://mapped-ram.dev/spec#VMDESC-1
    seq:
      - id: type
        type: u1
        enum: section_type
        valid: section_type::vmdescription
      - id: frame
        type: vmdescription_frame
      - id: json
        type: str
        size: frame.len_json
        doc: |
          Name, type and size of every field of every section that is not
          iterable.
  wide_u8:
    doc: |
      A 64-bit value in two halves, for languages whose numbers do not hold one
      exactly.
    doc-ref: https://mapped-ram.dev/spec#STREAM-4
    seq:
      - id: high
        type: u4
      - id: low
        type: u4
  ram_word:
    doc: |
      A word in the body of a ram section, an address whose low bits are flags.
    doc-ref: https://mapped-ram.dev/spec#RAM-2
    params:
      - id: page_size
        type: u4
        doc: The page size of the destination's target. Bits below it are flags.
    seq:
      - id: word
        type: wide_u8
    instances:
      flags:
        value: word.low % page_size
        doc-ref: https://mapped-ram.dev/spec#FLAGS-1
      address:
        value: word.high * 0x100000000 + word.low - flags
        doc: |
          Exact below 2 to the power of 53 only, in languages whose numbers are
          doubles.
      is_mem_size:
        value: (flags & 0x04) != 0
      is_eos:
        value: (flags & 0x10) != 0
  ram_block_entry:
    doc: An entry of the block table, without the mapped-ram header.
    doc-ref: https://mapped-ram.dev/spec#BLOCK-2
    params:
      - id: has_guest_physical_address
        type: bool
        doc: Whether the stream was saved with the capability `x-ignore-shared`.
    seq:
      - id: len_idstr
        type: u1
      - id: idstr
        type: str
        size: len_idstr
        doc: Name of the RAM block, such as `pc.ram`.
      - id: len_used
        -orig-id: used_length
        type: u8
        doc: Bytes of guest memory in the block.
      - id: guest_physical_address
        -orig-id: mr->addr
        type: wide_u8
        if: has_guest_physical_address
        doc-ref: https://mapped-ram.dev/spec#SHARED-1
  mapped_ram_header:
    doc: Where the block's bitmap and pages lie.
    doc-ref: https://mapped-ram.dev/spec#HEADER-1
    seq:
      - id: version
        type: u4
        doc: Always 1.
      - id: len_page
        -orig-id: page_size
        type: u8
        doc: The page size of the source's target, in bytes.
      - id: ofs_bitmap
        -orig-id: bitmap_offset
        type: u8
        doc: Where the bitmap starts, in bytes from the start of the file.
      - id: ofs_pages
        -orig-id: pages_offset
        type: u8
        doc: Where page 0 lies, in bytes from the start of the file.
  record:
    doc: |
      One record of the stream, found by its offset, with what the records after
      it need to know. Only used when the stream is parsed whole.
    doc-ref: https://mapped-ram.dev/spec#SECTION-1
    params:
      - id: ofs_start
        type: u8
      - id: ram_section_id_before
        type: s8
        doc: |
          The id of the ram section, if an earlier record started it; otherwise
          -1.
      - id: has_guest_physical_addresses_before
        type: bool
    instances:
      type:
        pos: ofs_start
        type: u1
        enum: section_type
        valid:
          any-of:
            - section_type::eof
            - section_type::start
            - section_type::part
            - section_type::end
            - section_type::full
            - section_type::configuration
            - section_type::command
      is_end_marker:
        value: type == section_type::eof
      is_opening:
        value: type == section_type::start or type == section_type::full
      is_continuing:
        value: type == section_type::part or type == section_type::end
      configuration:
        pos: ofs_start + 1
        type: configuration
        if: type == section_type::configuration
      command:
        pos: ofs_start + 1
        type: command
        if: type == section_type::command
      opening:
        pos: ofs_start + 1
        type: opening_section_header
        if: is_opening
      continuing:
        pos: ofs_start + 1
        type: continuing_section_header
        if: is_continuing
      section_id:
        value: 'is_opening ? opening.section_id : continuing.section_id'
        if: is_opening or is_continuing
      ram_section_id:
        value: |
          is_opening and opening.idstr == "ram"
            ? opening.section_id
            : ram_section_id_before
      has_guest_physical_addresses:
        value: |
          type == section_type::configuration
            ? configuration.has_ignore_shared
            : has_guest_physical_addresses_before
      is_ram:
        value: (is_opening or is_continuing) and section_id == ram_section_id
      ofs_body:
        value: 'is_opening ? ofs_start + 14 + opening.len_idstr : ofs_start + 5'
        if: is_opening or is_continuing
      ram_body:
        pos: ofs_body
        type: ram_body(ofs_body, has_guest_physical_addresses)
        if: is_ram
        doc-ref: https://mapped-ram.dev/spec#RAM-1
      opaque_body:
        pos: ofs_body
        type: opaque_body(section_id)
        if: (is_opening or is_continuing) and not is_ram
        doc-ref: https://mapped-ram.dev/spec#SECTION-6
      ofs_footer:
        value: 'is_ram ? ram_body.ofs_end : opaque_body.ofs_end'
        if: is_opening or is_continuing
      has_footer:
        value: |
          is_ram
            ? footer_type == section_type::footer
            : opaque_body.has_footer
        if: is_opening or is_continuing
        doc-ref: https://mapped-ram.dev/spec#FOOTER-2
      footer_type:
        pos: ofs_footer
        type: u1
        enum: section_type
        if: is_ram
      footer:
        pos: ofs_footer + 1
        type: section_footer
        if: (is_opening or is_continuing) and has_footer
        doc-ref: https://mapped-ram.dev/spec#FOOTER-1
      ofs_end:
        value: |
          is_opening or is_continuing
            ? (has_footer ? ofs_footer + 5 : ofs_footer)
            : type == section_type::configuration
              ? configuration.ofs_end
              : type == section_type::command
                ? ofs_start + 5 + command.len_data
                : ofs_start + 1
        doc: Where the next record starts.
      is_last:
        value: is_end_marker or ofs_end >= _io.size
  configuration:
    doc: The whole configuration section, after its type byte.
    doc-ref: https://mapped-ram.dev/spec#CONFIG-1
    seq:
      - id: header
        type: configuration_header
      - id: subsections
        type: |
          tagged_subsection(
            _index == 0 ? false : subsections[_index - 1].has_ignore_shared)
        repeat: until
        repeat-until: _.is_end
    instances:
      has_ignore_shared:
        value: subsections.last.has_ignore_shared
        doc-ref: https://mapped-ram.dev/spec#SHARED-1
      ofs_end:
        value: subsections.last.ofs_start
  tagged_subsection:
    doc: |
      A subsection with its type byte; the last one has another type byte, which
      belongs to the next record.
    doc-ref: https://mapped-ram.dev/spec#CONFIG-3
    params:
      - id: has_ignore_shared_before
        type: bool
    seq:
      - id: type
        type: u1
        enum: section_type
      - id: subsection
        type: configuration_subsection
        if: ofs_start >= 0 and not is_end
      - id: search
        type: |
          capability_search(
            _index == 0 ? false : search[_index - 1].is_found,
            capabilities.capabilities[_index].name)
        repeat: expr
        repeat-expr: 'is_capabilities ? capabilities.num_capabilities : 0'
    instances:
      ofs_start:
        value: _io.pos - 1
      is_end:
        value: type != section_type::subsection
      is_capabilities:
        value: not is_end and subsection.name == "configuration/capabilities"
      capabilities:
        value: subsection.body.as<capabilities>
      has_ignore_shared:
        value: |
          is_capabilities and capabilities.num_capabilities > 0
            ? search.last.is_found
            : has_ignore_shared_before
  capability_search:
    doc: Looks for `x-ignore-shared` among the capabilities. It takes no bytes.
    doc-ref: https://mapped-ram.dev/spec#SHARED-1
    params:
      - id: is_found_before
        type: bool
      - id: name
        type: str
    instances:
      is_found:
        value: is_found_before or name == "x-ignore-shared"
  ram_body:
    doc: The body of a ram section, words up to one with the EOS flag.
    doc-ref: https://mapped-ram.dev/spec#RAM-1
    params:
      - id: ofs_start
        type: u8
      - id: has_guest_physical_addresses
        type: bool
    seq:
      - id: items
        type: |
          ram_item(
            _index == 0 ? ofs_start : items[_index - 1].ofs_end,
            has_guest_physical_addresses)
        repeat: until
        repeat-until: _.word.is_eos
    instances:
      ofs_end:
        value: items.last.ofs_end
  ram_item:
    doc: |
      A word of a ram section, and the block table where the word announces one.
      The low 8 bits are taken for flags, as the smallest page is 256 bytes.
    doc-ref: https://mapped-ram.dev/spec#RAM-2
    params:
      - id: ofs_start
        type: u8
      - id: has_guest_physical_addresses
        type: bool
    instances:
      word:
        pos: ofs_start
        type: ram_word(256)
      block_table:
        pos: ofs_start + 8
        type: |
          block_table(
            ofs_start + 8, word.address, has_guest_physical_addresses)
        if: word.is_mem_size and word.address > 0
      ofs_end:
        value: |
          word.is_mem_size and word.address > 0
            ? block_table.ofs_end
            : ofs_start + 8
  block_table:
    doc: The block table, entries until their lengths add up to the total.
    doc-ref: https://mapped-ram.dev/spec#BLOCK-1
    params:
      - id: ofs_start
        type: u8
      - id: len_total
        type: u8
      - id: has_guest_physical_addresses
        type: bool
    seq:
      - id: blocks
        type: |
          ram_block(
            _index == 0 ? ofs_start : blocks[_index - 1].ofs_end,
            _index == 0 ? 0 : blocks[_index - 1].len_so_far,
            has_guest_physical_addresses)
        repeat: until
        repeat-until: _.len_so_far >= len_total
    instances:
      ofs_end:
        value: blocks.last.ofs_end
  ram_block:
    doc: |
      A RAM block with its entry, its mapped-ram header, and its bitmap and
      pages, read when they are asked for.
    doc-ref: https://mapped-ram.dev/spec#LAYOUT-1
    params:
      - id: ofs_start
        type: u8
      - id: len_before
        type: u8
        doc: The lengths of the blocks before this one.
      - id: has_guest_physical_address
        type: bool
    instances:
      entry:
        pos: ofs_start
        type: ram_block_entry(has_guest_physical_address)
      header:
        pos: |
          ofs_start + 9 + entry.len_idstr
            + (has_guest_physical_address ? 8 : 0)
        type: mapped_ram_header
      is_ignored:
        value: header.ofs_pages == 0
        doc: Whether the block's memory lies elsewhere.
        doc-ref: https://mapped-ram.dev/spec#SHARED-2
      num_pages:
        value: entry.len_used / header.len_page
      bitmap:
        io: _root._io
        pos: header.ofs_bitmap
        size: ((num_pages + 63) / 64) * 8
        if: not is_ignored
        doc-ref: https://mapped-ram.dev/spec#BITMAP-1
      pages:
        io: _root._io
        pos: header.ofs_pages
        size: entry.len_used
        if: not is_ignored
        doc-ref: https://mapped-ram.dev/spec#PAGES-1
      len_so_far:
        value: len_before + entry.len_used
      ofs_end:
        value: |
          is_ignored
            ? ofs_start + 37 + entry.len_idstr
              + (has_guest_physical_address ? 8 : 0)
            : header.ofs_pages + entry.len_used
  opaque_body:
    doc: |
      The body of a section of unknown length. It ends where a footer with the
      section's id follows, and then what looks like a record, or the end marker
      and a vmdescription. That is a guess, if a good one: only the
      vmdescription tells for certain. Where nothing of the kind is found, the
      body reaches to the end of the file and is the last record.
    doc-ref: https://mapped-ram.dev/spec#SECTION-6
    params:
      - id: section_id
        type: u4
    seq:
      - id: chunks
        type: opaque_chunk(section_id)
        repeat: until
        repeat-until: _.is_last
    instances:
      has_footer:
        value: chunks.last.is_before_footer
      ofs_end:
        value: 'has_footer ? chunks.last.ofs_next - 1 : chunks.last.ofs_next'
  opaque_chunk:
    doc: |
      Bytes up to the next 0x7e. In every chunk but the last, that byte belongs
      to the body.
    doc-ref: https://mapped-ram.dev/spec#SECTION-6
    params:
      - id: section_id
        type: u4
    seq:
      - id: data
        terminator: 0x7e
        eos-error: false
    instances:
      ofs_next:
        value: _io.pos
      has_lookahead:
        value: ofs_next + 5 <= _io.size
      has_after_type:
        value: ofs_next + 6 <= _io.size
      has_next_idstr:
        value: ofs_next + 11 <= _io.size
      next_section_id:
        pos: ofs_next
        type: u4
        if: has_lookahead
      next_type:
        pos: ofs_next + 4
        type: u1
        if: has_lookahead
      after_type:
        pos: ofs_next + 5
        type: u1
        if: has_after_type
        doc: |
          0x06 after the end marker, or the high byte of a section id or a
          command.
      next_len_idstr:
        pos: ofs_next + 9
        type: u1
        if: has_next_idstr
      next_idstr_start:
        pos: ofs_next + 10
        type: u1
        if: has_next_idstr
      is_before_end:
        value: next_type == 0 and (ofs_next + 5 == _io.size or after_type == 6)
      is_before_opening:
        value: |
          (next_type == 1 or next_type == 4) and has_next_idstr
            and next_len_idstr > 0
            and next_idstr_start >= 0x20 and next_idstr_start < 0x7f
      is_before_other:
        value: |
          (next_type == 2 or next_type == 3 or next_type == 8)
            and has_after_type and after_type == 0
      is_before_footer:
        value: |
          has_lookahead and next_section_id == section_id
            and (is_before_end or is_before_opening or is_before_other)
      is_last:
        value: is_before_footer or ofs_next >= _io.size
enums:
  section_type:
    0x00:
      id: eof
      -orig-id: QEMU_VM_EOF
    0x01:
      id: start
      -orig-id: QEMU_VM_SECTION_START
    0x02:
      id: part
      -orig-id: QEMU_VM_SECTION_PART
    0x03:
      id: end
      -orig-id: QEMU_VM_SECTION_END
    0x04:
      id: full
      -orig-id: QEMU_VM_SECTION_FULL
    0x05:
      id: subsection
      -orig-id: QEMU_VM_SUBSECTION
    0x06:
      id: vmdescription
      -orig-id: QEMU_VM_VMDESCRIPTION
    0x07:
      id: configuration
      -orig-id: QEMU_VM_CONFIGURATION
    0x08:
      id: command
      -orig-id: QEMU_VM_COMMAND
    0x7e:
      id: footer
      -orig-id: QEMU_VM_SECTION_FOOTER
  command_type:
    1:
      id: open_return_path
      -orig-id: MIG_CMD_OPEN_RETURN_PATH
    2:
      id: ping
      -orig-id: MIG_CMD_PING
    3:
      id: postcopy_advise
      -orig-id: MIG_CMD_POSTCOPY_ADVISE
    4:
      id: postcopy_listen
      -orig-id: MIG_CMD_POSTCOPY_LISTEN
    5:
      id: postcopy_run
      -orig-id: MIG_CMD_POSTCOPY_RUN
    6:
      id: postcopy_ram_discard
      -orig-id: MIG_CMD_POSTCOPY_RAM_DISCARD
    7:
      id: packaged
      -orig-id: MIG_CMD_PACKAGED
    8:
      id: enable_colo
      -orig-id: MIG_CMD_ENABLE_COLO
    9:
      id: postcopy_resume
      -orig-id: MIG_CMD_POSTCOPY_RESUME
    10:
      id: recv_bitmap
      -orig-id: MIG_CMD_RECV_BITMAP
    11:
      id: switchover_start
      -orig-id: MIG_CMD_SWITCHOVER_START
