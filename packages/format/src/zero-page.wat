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
    (local $page i32) (local $at i32) (local $page_end i32) (local $byte i32) (local $count i32)
    (block $done
      (loop $next_page
        (br_if $done (i32.ge_u (local.get $page) (local.get $pages)))
        (local.set $at (local.get $data))
        (local.set $page_end (i32.add (local.get $data) (local.get $page_size)))
        (block $page_done
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
                (local.set $count (i32.add (local.get $count) (i32.const 1)))
                (local.set $byte
                  (i32.or
                    (local.get $byte)
                    (i32.shl (i32.const 1) (i32.and (local.get $page) (i32.const 7)))))
                (br $page_done)))
            (local.set $at (i32.add (local.get $at) (i32.const 256)))
            (br_if $next_256_bytes (i32.ne (local.get $at) (local.get $page_end)))))
        (local.set $data (local.get $page_end))
        (local.set $page (i32.add (local.get $page) (i32.const 1)))
        (if
          (i32.or
            (i32.eqz (i32.and (local.get $page) (i32.const 7)))
            (i32.eq (local.get $page) (local.get $pages)))
          (then
            (i32.store8 (local.get $bits) (local.get $byte))
            (local.set $bits (i32.add (local.get $bits) (i32.const 1)))
            (local.set $byte (i32.const 0))))
        (br $next_page)))
    (local.get $count)))
