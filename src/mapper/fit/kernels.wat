;; Inner products of training, in float64 and, with the suffix 32, in float32. All sizes are counts of
;; numbers, all addresses, strides and steps are bytes. Addresses are multiples of 16.
(module
  (memory (export "memory") 1)

  ;; C += A·B for A (m × p), row-major B (p × n) and C (m × n); m is a multiple of 4, n of 4. `ras` and
  ;; `kas` are the steps of A from row to row and along a row, so that A may be a transpose.
  ;; Four rows by 4 columns at a time: eight accumulators stay in registers.
  (func (export "gemm")
    (param $a i32) (param $ras i32) (param $kas i32) (param $b i32) (param $ldb i32)
    (param $c i32) (param $ldc i32) (param $m i32) (param $n i32) (param $p i32)
    (local $i i32) (local $j i32) (local $k i32)
    (local $pa0 i32) (local $pa1 i32) (local $pa2 i32) (local $pa3 i32) (local $pb i32)
    (local $pc0 i32) (local $pc1 i32) (local $pc2 i32) (local $pc3 i32)
    (local $b0 v128) (local $b1 v128) (local $x v128)
    (local $c00 v128) (local $c01 v128) (local $c10 v128) (local $c11 v128)
    (local $c20 v128) (local $c21 v128) (local $c30 v128) (local $c31 v128)
    (if (i32.or (i32.eqz (local.get $p)) (i32.eqz (local.get $m))) (then (return)))
    (loop $columns
      (local.set $i (i32.const 0))
      (loop $rows
        (local.set $pa0 (i32.add (local.get $a) (i32.mul (local.get $i) (local.get $ras))))
        (local.set $pa1 (i32.add (local.get $pa0) (local.get $ras)))
        (local.set $pa2 (i32.add (local.get $pa1) (local.get $ras)))
        (local.set $pa3 (i32.add (local.get $pa2) (local.get $ras)))
        (local.set $pb (i32.add (local.get $b) (i32.shl (local.get $j) (i32.const 3))))
        (local.set $pc0 (i32.add
          (i32.add (local.get $c) (i32.mul (local.get $i) (local.get $ldc)))
          (i32.shl (local.get $j) (i32.const 3))))
        (local.set $pc1 (i32.add (local.get $pc0) (local.get $ldc)))
        (local.set $pc2 (i32.add (local.get $pc1) (local.get $ldc)))
        (local.set $pc3 (i32.add (local.get $pc2) (local.get $ldc)))
        (local.set $c00 (v128.load (local.get $pc0)))
        (local.set $c01 (v128.load offset=16 (local.get $pc0)))
        (local.set $c10 (v128.load (local.get $pc1)))
        (local.set $c11 (v128.load offset=16 (local.get $pc1)))
        (local.set $c20 (v128.load (local.get $pc2)))
        (local.set $c21 (v128.load offset=16 (local.get $pc2)))
        (local.set $c30 (v128.load (local.get $pc3)))
        (local.set $c31 (v128.load offset=16 (local.get $pc3)))
        (local.set $k (local.get $p))
        (loop $inner
          (local.set $b0 (v128.load (local.get $pb)))
          (local.set $b1 (v128.load offset=16 (local.get $pb)))
          (local.set $x (v128.load64_splat (local.get $pa0)))
          (local.set $c00 (f64x2.relaxed_madd (local.get $x) (local.get $b0) (local.get $c00)))
          (local.set $c01 (f64x2.relaxed_madd (local.get $x) (local.get $b1) (local.get $c01)))
          (local.set $x (v128.load64_splat (local.get $pa1)))
          (local.set $c10 (f64x2.relaxed_madd (local.get $x) (local.get $b0) (local.get $c10)))
          (local.set $c11 (f64x2.relaxed_madd (local.get $x) (local.get $b1) (local.get $c11)))
          (local.set $x (v128.load64_splat (local.get $pa2)))
          (local.set $c20 (f64x2.relaxed_madd (local.get $x) (local.get $b0) (local.get $c20)))
          (local.set $c21 (f64x2.relaxed_madd (local.get $x) (local.get $b1) (local.get $c21)))
          (local.set $x (v128.load64_splat (local.get $pa3)))
          (local.set $c30 (f64x2.relaxed_madd (local.get $x) (local.get $b0) (local.get $c30)))
          (local.set $c31 (f64x2.relaxed_madd (local.get $x) (local.get $b1) (local.get $c31)))
          (local.set $pa0 (i32.add (local.get $pa0) (local.get $kas)))
          (local.set $pa1 (i32.add (local.get $pa1) (local.get $kas)))
          (local.set $pa2 (i32.add (local.get $pa2) (local.get $kas)))
          (local.set $pa3 (i32.add (local.get $pa3) (local.get $kas)))
          (local.set $pb (i32.add (local.get $pb) (local.get $ldb)))
          (br_if $inner (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
        (v128.store (local.get $pc0) (local.get $c00))
        (v128.store offset=16 (local.get $pc0) (local.get $c01))
        (v128.store (local.get $pc1) (local.get $c10))
        (v128.store offset=16 (local.get $pc1) (local.get $c11))
        (v128.store (local.get $pc2) (local.get $c20))
        (v128.store offset=16 (local.get $pc2) (local.get $c21))
        (v128.store (local.get $pc3) (local.get $c30))
        (v128.store offset=16 (local.get $pc3) (local.get $c31))
        (br_if $rows (i32.lt_u
          (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $m))))
      (br_if $columns (i32.lt_u
        (local.tee $j (i32.add (local.get $j) (i32.const 4))) (local.get $n)))))

  ;; y += alpha·x; n is a multiple of 4 and positive.
  (func (export "axpy") (param $alpha f64) (param $x i32) (param $y i32) (param $n i32)
    (local $v v128) (local $end i32)
    (local.set $v (f64x2.splat (local.get $alpha)))
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $n) (i32.const 3))))
    (loop $next
      (v128.store (local.get $y) (f64x2.relaxed_madd
        (local.get $v) (v128.load (local.get $x)) (v128.load (local.get $y))))
      (v128.store offset=16 (local.get $y) (f64x2.relaxed_madd
        (local.get $v) (v128.load offset=16 (local.get $x)) (v128.load offset=16 (local.get $y))))
      (local.set $y (i32.add (local.get $y) (i32.const 32)))
      (br_if $next (i32.lt_u
        (local.tee $x (i32.add (local.get $x) (i32.const 32))) (local.get $end)))))

  ;; x·y; n is a multiple of 4 and at least 4. Four accumulators, added in a fixed order.
  (func (export "dot") (param $x i32) (param $y i32) (param $n i32) (result f64)
    (local $s0 v128) (local $s1 v128) (local $end i32)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $n) (i32.const 3))))
    (loop $next
      (local.set $s0 (f64x2.relaxed_madd
        (v128.load (local.get $x))
        (v128.load (local.get $y)) (local.get $s0)))
      (local.set $s1 (f64x2.relaxed_madd
        (v128.load offset=16 (local.get $x))
        (v128.load offset=16 (local.get $y)) (local.get $s1)))
      (local.set $y (i32.add (local.get $y) (i32.const 32)))
      (br_if $next (i32.lt_u
        (local.tee $x (i32.add (local.get $x) (i32.const 32))) (local.get $end))))
    (local.set $s0 (f64x2.add (local.get $s0) (local.get $s1)))
    (f64.add (f64x2.extract_lane 0 (local.get $s0)) (f64x2.extract_lane 1 (local.get $s0))))

  ;; C += S·B for `rows` rows of sparse S in CSR form (indptr and indices u32, values f32) from the one that
  ;; `indptr` points to; B and C have rows of `stride` bytes, a multiple of 32. Columns of B are taken 64
  ;; bytes at a time, one cache line, and a row of C stays in registers meanwhile.
  (func $spmmWide
    (param $indptr i32) (param $indices i32) (param $values i32) (param $b i32) (param $c i32)
    (param $stride i32) (param $rows i32)
    (local $k i32) (local $v i32) (local $end i32) (local $p i32) (local $x v128)
    (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128)
    (loop $rows
      (local.set $end (i32.shl (i32.load offset=4 (local.get $indptr)) (i32.const 2)))
      (local.set $k (i32.add
        (local.get $indices) (i32.shl (i32.load (local.get $indptr)) (i32.const 2))))
      (local.set $v (i32.add
        (local.get $values) (i32.shl (i32.load (local.get $indptr)) (i32.const 2))))
      (local.set $end (i32.add (local.get $end) (local.get $values)))
      (local.set $c0 (v128.load (local.get $c)))
      (local.set $c1 (v128.load offset=16 (local.get $c)))
      (local.set $c2 (v128.load offset=32 (local.get $c)))
      (local.set $c3 (v128.load offset=48 (local.get $c)))
      (block $empty
        (br_if $empty (i32.ge_u (local.get $v) (local.get $end)))
        (loop $entries
          (local.set $p (i32.add
            (local.get $b) (i32.mul (local.get $stride) (i32.load (local.get $k)))))
          (local.set $x (f64x2.splat (f64.promote_f32 (f32.load (local.get $v)))))
          (local.set $c0 (f64x2.relaxed_madd
            (local.get $x) (v128.load (local.get $p)) (local.get $c0)))
          (local.set $c1 (f64x2.relaxed_madd
            (local.get $x) (v128.load offset=16 (local.get $p)) (local.get $c1)))
          (local.set $c2 (f64x2.relaxed_madd
            (local.get $x) (v128.load offset=32 (local.get $p)) (local.get $c2)))
          (local.set $c3 (f64x2.relaxed_madd
            (local.get $x) (v128.load offset=48 (local.get $p)) (local.get $c3)))
          (local.set $k (i32.add (local.get $k) (i32.const 4)))
          (br_if $entries (i32.lt_u
            (local.tee $v (i32.add (local.get $v) (i32.const 4))) (local.get $end)))))
      (v128.store (local.get $c) (local.get $c0))
      (v128.store offset=16 (local.get $c) (local.get $c1))
      (v128.store offset=32 (local.get $c) (local.get $c2))
      (v128.store offset=48 (local.get $c) (local.get $c3))
      (local.set $c (i32.add (local.get $c) (local.get $stride)))
      (local.set $indptr (i32.add (local.get $indptr) (i32.const 4)))
      (br_if $rows (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  (func $spmmNarrow
    (param $indptr i32) (param $indices i32) (param $values i32) (param $b i32) (param $c i32)
    (param $stride i32) (param $rows i32)
    (local $k i32) (local $v i32) (local $end i32) (local $p i32) (local $x v128)
    (local $c0 v128) (local $c1 v128)
    (loop $rows
      (local.set $end (i32.shl (i32.load offset=4 (local.get $indptr)) (i32.const 2)))
      (local.set $k (i32.add
        (local.get $indices) (i32.shl (i32.load (local.get $indptr)) (i32.const 2))))
      (local.set $v (i32.add
        (local.get $values) (i32.shl (i32.load (local.get $indptr)) (i32.const 2))))
      (local.set $end (i32.add (local.get $end) (local.get $values)))
      (local.set $c0 (v128.load (local.get $c)))
      (local.set $c1 (v128.load offset=16 (local.get $c)))
      (block $empty
        (br_if $empty (i32.ge_u (local.get $v) (local.get $end)))
        (loop $entries
          (local.set $p (i32.add
            (local.get $b) (i32.mul (local.get $stride) (i32.load (local.get $k)))))
          (local.set $x (f64x2.splat (f64.promote_f32 (f32.load (local.get $v)))))
          (local.set $c0 (f64x2.relaxed_madd
            (local.get $x) (v128.load (local.get $p)) (local.get $c0)))
          (local.set $c1 (f64x2.relaxed_madd
            (local.get $x) (v128.load offset=16 (local.get $p)) (local.get $c1)))
          (local.set $k (i32.add (local.get $k) (i32.const 4)))
          (br_if $entries (i32.lt_u
            (local.tee $v (i32.add (local.get $v) (i32.const 4))) (local.get $end)))))
      (v128.store (local.get $c) (local.get $c0))
      (v128.store offset=16 (local.get $c) (local.get $c1))
      (local.set $c (i32.add (local.get $c) (local.get $stride)))
      (local.set $indptr (i32.add (local.get $indptr) (i32.const 4)))
      (br_if $rows (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  (func (export "spmm")
    (param $indptr i32) (param $indices i32) (param $values i32) (param $b i32) (param $c i32)
    (param $stride i32) (param $rows i32)
    (local $left i32)
    (if (i32.eqz (local.get $rows)) (then (return)))
    (local.set $left (local.get $stride))
    (loop $next
      (if (i32.ge_u (local.get $left) (i32.const 64))
        (then
          (call $spmmWide
            (local.get $indptr) (local.get $indices) (local.get $values) (local.get $b)
            (local.get $c) (local.get $stride) (local.get $rows))
          (local.set $b (i32.add (local.get $b) (i32.const 64)))
          (local.set $c (i32.add (local.get $c) (i32.const 64)))
          (local.set $left (i32.sub (local.get $left) (i32.const 64))))
        (else
          (call $spmmNarrow
            (local.get $indptr) (local.get $indices) (local.get $values) (local.get $b)
            (local.get $c) (local.get $stride) (local.get $rows))
          (local.set $b (i32.add (local.get $b) (i32.const 32)))
          (local.set $c (i32.add (local.get $c) (i32.const 32)))
          (local.set $left (i32.sub (local.get $left) (i32.const 32)))))
      (br_if $next (local.get $left))))

  ;; C += A·B for A (m × p), row-major B (p × n) and C (m × n); m is a multiple of 4, n of 8. `ras` and
  ;; `kas` are the steps of A from row to row and along a row, so that A may be a transpose.
  ;; Four rows by 8 columns at a time: eight accumulators stay in registers.
  (func (export "gemm32")
    (param $a i32) (param $ras i32) (param $kas i32) (param $b i32) (param $ldb i32)
    (param $c i32) (param $ldc i32) (param $m i32) (param $n i32) (param $p i32)
    (local $i i32) (local $j i32) (local $k i32)
    (local $pa0 i32) (local $pa1 i32) (local $pa2 i32) (local $pa3 i32) (local $pb i32)
    (local $pc0 i32) (local $pc1 i32) (local $pc2 i32) (local $pc3 i32)
    (local $b0 v128) (local $b1 v128) (local $x v128)
    (local $c00 v128) (local $c01 v128) (local $c10 v128) (local $c11 v128)
    (local $c20 v128) (local $c21 v128) (local $c30 v128) (local $c31 v128)
    (if (i32.or (i32.eqz (local.get $p)) (i32.eqz (local.get $m))) (then (return)))
    (loop $columns
      (local.set $i (i32.const 0))
      (loop $rows
        (local.set $pa0 (i32.add (local.get $a) (i32.mul (local.get $i) (local.get $ras))))
        (local.set $pa1 (i32.add (local.get $pa0) (local.get $ras)))
        (local.set $pa2 (i32.add (local.get $pa1) (local.get $ras)))
        (local.set $pa3 (i32.add (local.get $pa2) (local.get $ras)))
        (local.set $pb (i32.add (local.get $b) (i32.shl (local.get $j) (i32.const 2))))
        (local.set $pc0 (i32.add
          (i32.add (local.get $c) (i32.mul (local.get $i) (local.get $ldc)))
          (i32.shl (local.get $j) (i32.const 2))))
        (local.set $pc1 (i32.add (local.get $pc0) (local.get $ldc)))
        (local.set $pc2 (i32.add (local.get $pc1) (local.get $ldc)))
        (local.set $pc3 (i32.add (local.get $pc2) (local.get $ldc)))
        (local.set $c00 (v128.load (local.get $pc0)))
        (local.set $c01 (v128.load offset=16 (local.get $pc0)))
        (local.set $c10 (v128.load (local.get $pc1)))
        (local.set $c11 (v128.load offset=16 (local.get $pc1)))
        (local.set $c20 (v128.load (local.get $pc2)))
        (local.set $c21 (v128.load offset=16 (local.get $pc2)))
        (local.set $c30 (v128.load (local.get $pc3)))
        (local.set $c31 (v128.load offset=16 (local.get $pc3)))
        (local.set $k (local.get $p))
        (loop $inner
          (local.set $b0 (v128.load (local.get $pb)))
          (local.set $b1 (v128.load offset=16 (local.get $pb)))
          (local.set $x (v128.load32_splat (local.get $pa0)))
          (local.set $c00 (f32x4.relaxed_madd (local.get $x) (local.get $b0) (local.get $c00)))
          (local.set $c01 (f32x4.relaxed_madd (local.get $x) (local.get $b1) (local.get $c01)))
          (local.set $x (v128.load32_splat (local.get $pa1)))
          (local.set $c10 (f32x4.relaxed_madd (local.get $x) (local.get $b0) (local.get $c10)))
          (local.set $c11 (f32x4.relaxed_madd (local.get $x) (local.get $b1) (local.get $c11)))
          (local.set $x (v128.load32_splat (local.get $pa2)))
          (local.set $c20 (f32x4.relaxed_madd (local.get $x) (local.get $b0) (local.get $c20)))
          (local.set $c21 (f32x4.relaxed_madd (local.get $x) (local.get $b1) (local.get $c21)))
          (local.set $x (v128.load32_splat (local.get $pa3)))
          (local.set $c30 (f32x4.relaxed_madd (local.get $x) (local.get $b0) (local.get $c30)))
          (local.set $c31 (f32x4.relaxed_madd (local.get $x) (local.get $b1) (local.get $c31)))
          (local.set $pa0 (i32.add (local.get $pa0) (local.get $kas)))
          (local.set $pa1 (i32.add (local.get $pa1) (local.get $kas)))
          (local.set $pa2 (i32.add (local.get $pa2) (local.get $kas)))
          (local.set $pa3 (i32.add (local.get $pa3) (local.get $kas)))
          (local.set $pb (i32.add (local.get $pb) (local.get $ldb)))
          (br_if $inner (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
        (v128.store (local.get $pc0) (local.get $c00))
        (v128.store offset=16 (local.get $pc0) (local.get $c01))
        (v128.store (local.get $pc1) (local.get $c10))
        (v128.store offset=16 (local.get $pc1) (local.get $c11))
        (v128.store (local.get $pc2) (local.get $c20))
        (v128.store offset=16 (local.get $pc2) (local.get $c21))
        (v128.store (local.get $pc3) (local.get $c30))
        (v128.store offset=16 (local.get $pc3) (local.get $c31))
        (br_if $rows (i32.lt_u
          (local.tee $i (i32.add (local.get $i) (i32.const 4))) (local.get $m))))
      (br_if $columns (i32.lt_u
        (local.tee $j (i32.add (local.get $j) (i32.const 8))) (local.get $n)))))

  ;; y += alpha·x; n is a multiple of 8 and positive.
  (func (export "axpy32") (param $alpha f64) (param $x i32) (param $y i32) (param $n i32)
    (local $v v128) (local $end i32)
    (local.set $v (f32x4.splat (f32.demote_f64 (local.get $alpha))))
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $n) (i32.const 2))))
    (loop $next
      (v128.store (local.get $y) (f32x4.relaxed_madd
        (local.get $v) (v128.load (local.get $x)) (v128.load (local.get $y))))
      (v128.store offset=16 (local.get $y) (f32x4.relaxed_madd
        (local.get $v) (v128.load offset=16 (local.get $x)) (v128.load offset=16 (local.get $y))))
      (local.set $y (i32.add (local.get $y) (i32.const 32)))
      (br_if $next (i32.lt_u
        (local.tee $x (i32.add (local.get $x) (i32.const 32))) (local.get $end)))))

  ;; x·y in float64; n is a multiple of 4 and at least 4. Four accumulators, added in a fixed order.
  (func (export "dot32") (param $x i32) (param $y i32) (param $n i32) (result f64)
    (local $s0 v128) (local $s1 v128) (local $end i32)
    (local.set $end (i32.add (local.get $x) (i32.shl (local.get $n) (i32.const 2))))
    (loop $next
      (local.set $s0 (f64x2.relaxed_madd
        (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $x)))
        (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $y))) (local.get $s0)))
      (local.set $s1 (f64x2.relaxed_madd
        (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $x)))
        (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $y))) (local.get $s1)))
      (local.set $y (i32.add (local.get $y) (i32.const 16)))
      (br_if $next (i32.lt_u
        (local.tee $x (i32.add (local.get $x) (i32.const 16))) (local.get $end))))
    (local.set $s0 (f64x2.add (local.get $s0) (local.get $s1)))
    (f64.add (f64x2.extract_lane 0 (local.get $s0)) (f64x2.extract_lane 1 (local.get $s0))))

  ;; C += S·B for `rows` rows of sparse S in CSR form (indptr and indices u32, values f32) from the one that
  ;; `indptr` points to; B and C have rows of `stride` bytes, a multiple of 32. Columns of B are taken 64
  ;; bytes at a time, one cache line, and a row of C stays in registers meanwhile.
  (func $spmm32Wide
    (param $indptr i32) (param $indices i32) (param $values i32) (param $b i32) (param $c i32)
    (param $stride i32) (param $rows i32)
    (local $k i32) (local $v i32) (local $end i32) (local $p i32) (local $x v128)
    (local $c0 v128) (local $c1 v128) (local $c2 v128) (local $c3 v128)
    (loop $rows
      (local.set $end (i32.shl (i32.load offset=4 (local.get $indptr)) (i32.const 2)))
      (local.set $k (i32.add
        (local.get $indices) (i32.shl (i32.load (local.get $indptr)) (i32.const 2))))
      (local.set $v (i32.add
        (local.get $values) (i32.shl (i32.load (local.get $indptr)) (i32.const 2))))
      (local.set $end (i32.add (local.get $end) (local.get $values)))
      (local.set $c0 (v128.load (local.get $c)))
      (local.set $c1 (v128.load offset=16 (local.get $c)))
      (local.set $c2 (v128.load offset=32 (local.get $c)))
      (local.set $c3 (v128.load offset=48 (local.get $c)))
      (block $empty
        (br_if $empty (i32.ge_u (local.get $v) (local.get $end)))
        (loop $entries
          (local.set $p (i32.add
            (local.get $b) (i32.mul (local.get $stride) (i32.load (local.get $k)))))
          (local.set $x (v128.load32_splat (local.get $v)))
          (local.set $c0 (f32x4.relaxed_madd
            (local.get $x) (v128.load (local.get $p)) (local.get $c0)))
          (local.set $c1 (f32x4.relaxed_madd
            (local.get $x) (v128.load offset=16 (local.get $p)) (local.get $c1)))
          (local.set $c2 (f32x4.relaxed_madd
            (local.get $x) (v128.load offset=32 (local.get $p)) (local.get $c2)))
          (local.set $c3 (f32x4.relaxed_madd
            (local.get $x) (v128.load offset=48 (local.get $p)) (local.get $c3)))
          (local.set $k (i32.add (local.get $k) (i32.const 4)))
          (br_if $entries (i32.lt_u
            (local.tee $v (i32.add (local.get $v) (i32.const 4))) (local.get $end)))))
      (v128.store (local.get $c) (local.get $c0))
      (v128.store offset=16 (local.get $c) (local.get $c1))
      (v128.store offset=32 (local.get $c) (local.get $c2))
      (v128.store offset=48 (local.get $c) (local.get $c3))
      (local.set $c (i32.add (local.get $c) (local.get $stride)))
      (local.set $indptr (i32.add (local.get $indptr) (i32.const 4)))
      (br_if $rows (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  (func $spmm32Narrow
    (param $indptr i32) (param $indices i32) (param $values i32) (param $b i32) (param $c i32)
    (param $stride i32) (param $rows i32)
    (local $k i32) (local $v i32) (local $end i32) (local $p i32) (local $x v128)
    (local $c0 v128) (local $c1 v128)
    (loop $rows
      (local.set $end (i32.shl (i32.load offset=4 (local.get $indptr)) (i32.const 2)))
      (local.set $k (i32.add
        (local.get $indices) (i32.shl (i32.load (local.get $indptr)) (i32.const 2))))
      (local.set $v (i32.add
        (local.get $values) (i32.shl (i32.load (local.get $indptr)) (i32.const 2))))
      (local.set $end (i32.add (local.get $end) (local.get $values)))
      (local.set $c0 (v128.load (local.get $c)))
      (local.set $c1 (v128.load offset=16 (local.get $c)))
      (block $empty
        (br_if $empty (i32.ge_u (local.get $v) (local.get $end)))
        (loop $entries
          (local.set $p (i32.add
            (local.get $b) (i32.mul (local.get $stride) (i32.load (local.get $k)))))
          (local.set $x (v128.load32_splat (local.get $v)))
          (local.set $c0 (f32x4.relaxed_madd
            (local.get $x) (v128.load (local.get $p)) (local.get $c0)))
          (local.set $c1 (f32x4.relaxed_madd
            (local.get $x) (v128.load offset=16 (local.get $p)) (local.get $c1)))
          (local.set $k (i32.add (local.get $k) (i32.const 4)))
          (br_if $entries (i32.lt_u
            (local.tee $v (i32.add (local.get $v) (i32.const 4))) (local.get $end)))))
      (v128.store (local.get $c) (local.get $c0))
      (v128.store offset=16 (local.get $c) (local.get $c1))
      (local.set $c (i32.add (local.get $c) (local.get $stride)))
      (local.set $indptr (i32.add (local.get $indptr) (i32.const 4)))
      (br_if $rows (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))

  (func (export "spmm32")
    (param $indptr i32) (param $indices i32) (param $values i32) (param $b i32) (param $c i32)
    (param $stride i32) (param $rows i32)
    (local $left i32)
    (if (i32.eqz (local.get $rows)) (then (return)))
    (local.set $left (local.get $stride))
    (loop $next
      (if (i32.ge_u (local.get $left) (i32.const 64))
        (then
          (call $spmm32Wide
            (local.get $indptr) (local.get $indices) (local.get $values) (local.get $b)
            (local.get $c) (local.get $stride) (local.get $rows))
          (local.set $b (i32.add (local.get $b) (i32.const 64)))
          (local.set $c (i32.add (local.get $c) (i32.const 64)))
          (local.set $left (i32.sub (local.get $left) (i32.const 64))))
        (else
          (call $spmm32Narrow
            (local.get $indptr) (local.get $indices) (local.get $values) (local.get $b)
            (local.get $c) (local.get $stride) (local.get $rows))
          (local.set $b (i32.add (local.get $b) (i32.const 32)))
          (local.set $c (i32.add (local.get $c) (i32.const 32)))
          (local.set $left (i32.sub (local.get $left) (i32.const 32)))))
      (br_if $next (local.get $left))))

  ;; weight · softmax(logits + alpha·slopes) of each row, rows of `stride` bytes, a multiple of 32. Columns
  ;; that are none have the logit −1e30. `stats` takes four numbers a row: the largest logit, the sum of
  ;; exp(logit − largest), and the sum of softmax · slope. exp is Cephes' expf (Moshier).
  (func (export "softmax32")
    (param $logits i32) (param $slopes i32) (param $alpha f64) (param $weights i32)
    (param $out i32) (param $stats i32) (param $stride i32) (param $rows i32)
    (local $t v128) (local $max v128) (local $sum v128) (local $dot v128) (local $x v128)
    (local $n v128) (local $p v128) (local $i i32) (local $m f32) (local $s f32)
    (if (i32.eqz (local.get $rows)) (then (return)))
    (local.set $t (f32x4.splat (f32.demote_f64 (local.get $alpha))))
    (loop $next
      (local.set $max (f32x4.splat (f32.const -1e30)))
      (local.set $i (i32.const 0))
      (loop $logit
        (local.set $x (f32x4.relaxed_madd (local.get $t)
          (v128.load (i32.add (local.get $slopes) (local.get $i)))
          (v128.load (i32.add (local.get $logits) (local.get $i)))))
        (v128.store (i32.add (local.get $out) (local.get $i)) (local.get $x))
        (local.set $max (f32x4.pmax (local.get $max) (local.get $x)))
        (br_if $logit (i32.lt_u
          (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $stride))))
      (local.set $m (f32.max
        (f32.max (f32x4.extract_lane 0 (local.get $max)) (f32x4.extract_lane 1 (local.get $max)))
        (f32.max (f32x4.extract_lane 2 (local.get $max)) (f32x4.extract_lane 3 (local.get $max)))))
      (local.set $max (f32x4.splat (local.get $m)))
      (local.set $sum (f32x4.splat (f32.const 0)))
      (local.set $dot (f32x4.splat (f32.const 0)))
      (local.set $i (i32.const 0))
      (loop $exp
        (local.set $x (f32x4.sub
          (v128.load (i32.add (local.get $out) (local.get $i))) (local.get $max)))
        (local.set $n (f32x4.nearest
          (f32x4.mul (local.get $x) (f32x4.splat (f32.const 1.44269504088896341)))))
        (local.set $p (f32x4.gt (local.get $x) (f32x4.splat (f32.const -87))))
        (local.set $x (f32x4.relaxed_madd
          (local.get $n) (f32x4.splat (f32.const -0.693359375)) (local.get $x)))
        (local.set $x (f32x4.relaxed_madd
          (local.get $n) (f32x4.splat (f32.const 2.12194440e-4)) (local.get $x)))
        (local.set $n (v128.and (local.get $p) (i32x4.shl (i32x4.add
          (i32x4.trunc_sat_f32x4_s (local.get $n)) (i32x4.splat (i32.const 127)))
          (i32.const 23))))
        (local.set $x (v128.and (local.get $p) (local.get $x)))
        (local.set $p (f32x4.splat (f32.const 1.9875691500e-4)))
        (local.set $p (f32x4.relaxed_madd
          (local.get $p) (local.get $x) (f32x4.splat (f32.const 1.3981999507e-3))))
        (local.set $p (f32x4.relaxed_madd
          (local.get $p) (local.get $x) (f32x4.splat (f32.const 8.3334519073e-3))))
        (local.set $p (f32x4.relaxed_madd
          (local.get $p) (local.get $x) (f32x4.splat (f32.const 4.1665795894e-2))))
        (local.set $p (f32x4.relaxed_madd
          (local.get $p) (local.get $x) (f32x4.splat (f32.const 1.6666665459e-1))))
        (local.set $p (f32x4.relaxed_madd
          (local.get $p) (local.get $x) (f32x4.splat (f32.const 5.0000001201e-1))))
        (local.set $p (f32x4.relaxed_madd
          (local.get $p) (f32x4.mul (local.get $x) (local.get $x)) (local.get $x)))
        (local.set $p (f32x4.mul
          (local.get $n) (f32x4.add (local.get $p) (f32x4.splat (f32.const 1)))))
        (v128.store (i32.add (local.get $out) (local.get $i)) (local.get $p))
        (local.set $sum (f32x4.add (local.get $sum) (local.get $p)))
        (local.set $dot (f32x4.relaxed_madd (local.get $p)
          (v128.load (i32.add (local.get $slopes) (local.get $i))) (local.get $dot)))
        (br_if $exp (i32.lt_u
          (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $stride))))
      (local.set $s (f32.add
        (f32.add (f32x4.extract_lane 0 (local.get $sum)) (f32x4.extract_lane 1 (local.get $sum)))
        (f32.add (f32x4.extract_lane 2 (local.get $sum)) (f32x4.extract_lane 3 (local.get $sum)))))
      (f32.store (local.get $stats) (local.get $m))
      (f32.store offset=4 (local.get $stats) (local.get $s))
      (f32.store offset=8 (local.get $stats) (f32.div (f32.add
        (f32.add (f32x4.extract_lane 0 (local.get $dot)) (f32x4.extract_lane 1 (local.get $dot)))
        (f32.add (f32x4.extract_lane 2 (local.get $dot)) (f32x4.extract_lane 3 (local.get $dot))))
        (local.get $s)))
      (local.set $p (f32x4.splat (f32.div (f32.load (local.get $weights)) (local.get $s))))
      (local.set $i (i32.const 0))
      (loop $scale
        (v128.store (i32.add (local.get $out) (local.get $i)) (f32x4.mul
          (local.get $p) (v128.load (i32.add (local.get $out) (local.get $i)))))
        (br_if $scale (i32.lt_u
          (local.tee $i (i32.add (local.get $i) (i32.const 16))) (local.get $stride))))
      (local.set $logits (i32.add (local.get $logits) (local.get $stride)))
      (local.set $slopes (i32.add (local.get $slopes) (local.get $stride)))
      (local.set $out (i32.add (local.get $out) (local.get $stride)))
      (local.set $stats (i32.add (local.get $stats) (i32.const 16)))
      (local.set $weights (i32.add (local.get $weights) (i32.const 4)))
      (br_if $next (local.tee $rows (i32.sub (local.get $rows) (i32.const 1))))))
)
