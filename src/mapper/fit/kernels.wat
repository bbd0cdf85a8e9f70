;; Inner products of training, in float64 with two lanes. All sizes are counts of numbers, all
;; addresses and strides are bytes. Addresses are multiples of 16.
(module
  (memory (export "memory") 1)

  ;; C += A·B for row-major A (m × p), B (p × n), C (m × n); m and n are multiples of 4.
  ;; Four rows by four columns at a time: eight accumulators stay in registers.
  (func (export "gemm")
    (param $a i32) (param $lda i32) (param $b i32) (param $ldb i32) (param $c i32) (param $ldc i32)
    (param $m i32) (param $n i32) (param $p i32)
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
        (local.set $pa0 (i32.add (local.get $a) (i32.mul (local.get $i) (local.get $lda))))
        (local.set $pa1 (i32.add (local.get $pa0) (local.get $lda)))
        (local.set $pa2 (i32.add (local.get $pa1) (local.get $lda)))
        (local.set $pa3 (i32.add (local.get $pa2) (local.get $lda)))
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
          (local.set $pa0 (i32.add (local.get $pa0) (i32.const 8)))
          (local.set $pa1 (i32.add (local.get $pa1) (i32.const 8)))
          (local.set $pa2 (i32.add (local.get $pa2) (i32.const 8)))
          (local.set $pa3 (i32.add (local.get $pa3) (i32.const 8)))
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

  ;; y += alpha·x; n is a multiple of 4 and at least 4.
  (func $axpy (export "axpy") (param $alpha f64) (param $x i32) (param $y i32) (param $n i32)
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
        (v128.load (local.get $x)) (v128.load (local.get $y)) (local.get $s0)))
      (local.set $s1 (f64x2.relaxed_madd
        (v128.load offset=16 (local.get $x)) (v128.load offset=16 (local.get $y))
        (local.get $s1)))
      (local.set $y (i32.add (local.get $y) (i32.const 32)))
      (br_if $next (i32.lt_u
        (local.tee $x (i32.add (local.get $x) (i32.const 32))) (local.get $end))))
    (local.set $s0 (f64x2.add (local.get $s0) (local.get $s1)))
    (f64.add (f64x2.extract_lane 0 (local.get $s0)) (f64x2.extract_lane 1 (local.get $s0))))

  ;; C += S·B for sparse S in CSR form (indptr and indices u32, values f32), rows [from, to);
  ;; B and C have n columns, n a multiple of 4.
  (func (export "csrForward")
    (param $indptr i32) (param $indices i32) (param $values i32) (param $b i32) (param $c i32)
    (param $n i32) (param $from i32) (param $to i32)
    (local $k i32) (local $end i32) (local $stride i32)
    (if (i32.ge_u (local.get $from) (local.get $to)) (then (return)))
    (local.set $stride (i32.shl (local.get $n) (i32.const 3)))
    (loop $rows
      (local.set $k (i32.load (i32.add
        (local.get $indptr) (i32.shl (local.get $from) (i32.const 2)))))
      (local.set $end (i32.load offset=4 (i32.add
        (local.get $indptr) (i32.shl (local.get $from) (i32.const 2)))))
      (block $empty
        (br_if $empty (i32.ge_u (local.get $k) (local.get $end)))
        (loop $entries
          (call $axpy
            (f64.promote_f32 (f32.load (i32.add
              (local.get $values) (i32.shl (local.get $k) (i32.const 2)))))
            (i32.add (local.get $b) (i32.mul (local.get $stride) (i32.load (i32.add
              (local.get $indices) (i32.shl (local.get $k) (i32.const 2))))))
            (i32.add (local.get $c) (i32.mul (local.get $from) (local.get $stride)))
            (local.get $n))
          (br_if $entries (i32.lt_u
            (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $end)))))
      (br_if $rows (i32.lt_u
        (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $to)))))

  ;; G += Sᵀ·R, arguments as above: R has a row per row of S, G a row per column of S.
  (func (export "csrBackward")
    (param $indptr i32) (param $indices i32) (param $values i32) (param $r i32) (param $g i32)
    (param $n i32) (param $from i32) (param $to i32)
    (local $k i32) (local $end i32) (local $stride i32)
    (if (i32.ge_u (local.get $from) (local.get $to)) (then (return)))
    (local.set $stride (i32.shl (local.get $n) (i32.const 3)))
    (loop $rows
      (local.set $k (i32.load (i32.add
        (local.get $indptr) (i32.shl (local.get $from) (i32.const 2)))))
      (local.set $end (i32.load offset=4 (i32.add
        (local.get $indptr) (i32.shl (local.get $from) (i32.const 2)))))
      (block $empty
        (br_if $empty (i32.ge_u (local.get $k) (local.get $end)))
        (loop $entries
          (call $axpy
            (f64.promote_f32 (f32.load (i32.add
              (local.get $values) (i32.shl (local.get $k) (i32.const 2)))))
            (i32.add (local.get $r) (i32.mul (local.get $from) (local.get $stride)))
            (i32.add (local.get $g) (i32.mul (local.get $stride) (i32.load (i32.add
              (local.get $indices) (i32.shl (local.get $k) (i32.const 2))))))
            (local.get $n))
          (br_if $entries (i32.lt_u
            (local.tee $k (i32.add (local.get $k) (i32.const 1))) (local.get $end)))))
      (br_if $rows (i32.lt_u
        (local.tee $from (i32.add (local.get $from) (i32.const 1))) (local.get $to)))))
)
