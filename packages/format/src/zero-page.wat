;; Finds the pages that are not all zeros. Assembled by tools/generate, once with a plain and once with a shared memory.
(module
  (import "env" "memory" (memory 1))

  ;; $data      where the pages are
  ;; $pages     how many
  ;; $page_size a multiple of 256
  ;; $bits      where the result goes: a bit a page, set if the page is not zero, from the lowest bit of each byte on;
  ;;            the bits after the last page are cleared up to the byte's end
  ;; result     how many pages are not zero
  (func (export "scan")
    (param $data i32) (param $pages i32) (param $page_size i32) (param $bits i32) (result i32)
    (local $at i32) (local $bit i32) (local $end_bit i32) (local $byte i32) (local $count i32)
    (block $done
      (loop $next_byte
        (br_if $done (i32.eqz (local.get $pages)))
        ;; The beginnings of eight pages, without a branch, so that the processor fetches all eight at once. Most pages
        ;; that are not zero show it there.
        (if (i32.ge_u (local.get $pages) (i32.const 8))
          (then
            (local.set $at (local.get $data))
            (local.set $byte (v128.any_true (v128.load (local.get $at))))
            (local.set $at (i32.add (local.get $at) (local.get $page_size)))
            (local.set $byte (i32.or (local.get $byte) (i32.shl (v128.any_true (v128.load (local.get $at))) (i32.const 1))))
            (local.set $at (i32.add (local.get $at) (local.get $page_size)))
            (local.set $byte (i32.or (local.get $byte) (i32.shl (v128.any_true (v128.load (local.get $at))) (i32.const 2))))
            (local.set $at (i32.add (local.get $at) (local.get $page_size)))
            (local.set $byte (i32.or (local.get $byte) (i32.shl (v128.any_true (v128.load (local.get $at))) (i32.const 3))))
            (local.set $at (i32.add (local.get $at) (local.get $page_size)))
            (local.set $byte (i32.or (local.get $byte) (i32.shl (v128.any_true (v128.load (local.get $at))) (i32.const 4))))
            (local.set $at (i32.add (local.get $at) (local.get $page_size)))
            (local.set $byte (i32.or (local.get $byte) (i32.shl (v128.any_true (v128.load (local.get $at))) (i32.const 5))))
            (local.set $at (i32.add (local.get $at) (local.get $page_size)))
            (local.set $byte (i32.or (local.get $byte) (i32.shl (v128.any_true (v128.load (local.get $at))) (i32.const 6))))
            (local.set $at (i32.add (local.get $at) (local.get $page_size)))
            (local.set $byte (i32.or (local.get $byte) (i32.shl (v128.any_true (v128.load (local.get $at))) (i32.const 7))))
            (local.set $end_bit (i32.const 256))
            (local.set $pages (i32.sub (local.get $pages) (i32.const 8))))
          (else
            (local.set $byte (i32.const 0))
            (local.set $end_bit (i32.shl (i32.const 1) (local.get $pages)))
            (local.set $pages (i32.const 0))))
        (if (i32.eq (local.get $byte) (i32.const 255))
          (then
            (local.set $data (i32.add (local.get $data) (i32.shl (local.get $page_size) (i32.const 3)))))
          (else
            (local.set $bit (i32.const 1))
            (loop $next_page
              (local.set $at (local.get $data))
              (local.set $data (i32.add (local.get $data) (local.get $page_size)))
              (if (i32.eqz (i32.and (local.get $byte) (local.get $bit)))
                (then
                  (loop $next_256_bytes
                    (if
                      (v128.any_true
                        (v128.or
                          (v128.or
                            (v128.or
                              (v128.or (v128.load offset=0 (local.get $at)) (v128.load offset=16 (local.get $at)))
                              (v128.or (v128.load offset=32 (local.get $at)) (v128.load offset=48 (local.get $at))))
                            (v128.or
                              (v128.or (v128.load offset=64 (local.get $at)) (v128.load offset=80 (local.get $at)))
                              (v128.or (v128.load offset=96 (local.get $at)) (v128.load offset=112 (local.get $at)))))
                          (v128.or
                            (v128.or
                              (v128.or (v128.load offset=128 (local.get $at)) (v128.load offset=144 (local.get $at)))
                              (v128.or (v128.load offset=160 (local.get $at)) (v128.load offset=176 (local.get $at))))
                            (v128.or
                              (v128.or (v128.load offset=192 (local.get $at)) (v128.load offset=208 (local.get $at)))
                              (v128.or (v128.load offset=224 (local.get $at)) (v128.load offset=240 (local.get $at)))))))
                      (then
                        (local.set $byte (i32.or (local.get $byte) (local.get $bit))))
                      (else
                        (local.set $at (i32.add (local.get $at) (i32.const 256)))
                        (br_if $next_256_bytes (i32.ne (local.get $at) (local.get $data))))))))
              (local.set $bit (i32.shl (local.get $bit) (i32.const 1)))
              (br_if $next_page (i32.ne (local.get $bit) (local.get $end_bit))))))
        (i32.store8 (local.get $bits) (local.get $byte))
        (local.set $bits (i32.add (local.get $bits) (i32.const 1)))
        (local.set $count (i32.add (local.get $count) (i32.popcnt (local.get $byte))))
        (br $next_byte)))
    (local.get $count)))
