meta:
  id: libvirt_save
  title: libvirt save image
  application: libvirt, its QEMU driver
  tags:
    - virtual-machine
    - snapshot
  license: CC0-1.0
  ks-version: 0.11
  encoding: UTF-8
  endian: le
doc: |
  What libvirt's QEMU driver writes in front of the migration stream when it
  saves a domain to a file. The numbers have the byte order of the host that
  saved, which the version gives away: it is small.
doc-ref:
  - https://mapped-ram.dev/spec
  - https://libvirt.org/drvqemu.html
seq:
  - id: magic
    type: str
    encoding: ASCII
    size: 16
    doc: |
      `LibvirtQemudSave`, or `LibvirtQemudPart` until the image is complete.
    doc-ref: https://mapped-ram.dev/spec#CONTAINER-3
  - id: version
    type: host_u4
    doc: Always 2.
  - id: len_data
    -orig-id: data_len
    type: host_u4
    doc: Bytes between this header and the stream.
  - id: was_running
    type: host_u4
    doc: Whether the domain ran when it was saved.
  - id: format
    -orig-id: compressed
    type: host_u4
    doc: One of the enumeration `format`.
  - id: ofs_cookie
    -orig-id: cookieOffset
    type: host_u4
    doc: |
      Where the cookie starts, in bytes from the end of this header; 0 where
      there is none.
  - id: unused
    type: host_u4
    repeat: expr
    repeat-expr: 14
instances:
  is_big_endian:
    value: version.as_le >= 0x10000
    doc-ref: https://mapped-ram.dev/spec#CONTAINER-4
  ofs_stream:
    value: 92 + len_data.value
    doc: Where the migration stream starts. It is not aligned.
    doc-ref: https://mapped-ram.dev/spec#CONTAINER-6
  len_xml:
    value: 'ofs_cookie.value != 0 ? ofs_cookie.value : len_data.value'
  xml:
    pos: 92
    type: strz
    size: len_xml
    doc: The domain XML.
    doc-ref: https://mapped-ram.dev/spec#CONTAINER-5
  cookie:
    pos: 92 + ofs_cookie.value
    type: strz
    size: len_data.value - ofs_cookie.value
    if: ofs_cookie.value != 0
    doc: More XML, with what libvirt itself has to remember.
    doc-ref: https://mapped-ram.dev/spec#CONTAINER-5
types:
  host_u4:
    doc: A number in the byte order of the host that saved.
    doc-ref: https://mapped-ram.dev/spec#CONTAINER-4
    seq:
      - id: as_le
        type: u4
    instances:
      as_be:
        value: |
          as_le % 0x100 * 0x1000000 + as_le / 0x100 % 0x100 * 0x10000
            + as_le / 0x10000 % 0x100 * 0x100 + as_le / 0x1000000
      value:
        value: '_root.is_big_endian ? as_be : as_le'
enums:
  format:
    0: raw
    1: gzip
    2: bzip2
    3: xz
    4: lzop
    5: zstd
    6: sparse
