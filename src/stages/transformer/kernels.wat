;; Matrix products of fine-tuning, in float32 with four lanes. Sizes are counts of numbers, addresses
;; and strides are bytes.
(module
  (memory (export "memory") 1)

  ;; C += A·B: A (m × p) and B (p × n) with any strides, so that either may stand transposed, C (m × n)
  ;; row-major. C has room for n rounded up to 8 columns; what is beyond n there keeps its value. B
  ;; goes through `panel` (8 KiB) in blocks of at most 256 rows by 8 columns. A number of C is the same
  ;; whatever m is: its products are added in the order of p.
  (func (export "gemm")
    (param $a i32) (param $ar i32) (param $ac i32)
    (param $b i32) (param $br i32) (param $bc i32)
    (param $c i32) (param $ldc i32)
    (param $m i32) (param $n i32) (param $p i32) (param $panel i32)
    (local $depth i32) (local $j i32) (local $wide i32)
    (if (i32.or (i32.or (i32.eqz (local.get $m)) (i32.eqz (local.get $n))) (i32.eqz (local.get $p)))
      (then (return)))
    (loop $blocks
      (local.set $depth (select (local.get $p) (i32.const 256)
        (i32.lt_u (local.get $p) (i32.const 256))))
      (local.set $j (i32.const 0))
      (loop $columns
        (local.set $wide (i32.sub (local.get $n) (local.get $j)))
        (call $pack
          (i32.add (local.get $b) (i32.mul (local.get $j) (local.get $bc)))
          (local.get $br) (local.get $bc) (local.get $depth)
          (select (i32.const 8) (local.get $wide) (i32.gt_u (local.get $wide) (i32.const 8)))
          (local.get $panel))
        (call $multiply
          (local.get $a) (local.get $ar) (local.get $ac) (local.get $panel)
          (i32.add (local.get $c) (i32.shl (local.get $j) (i32.const 2))) (local.get $ldc)
          (local.get $m) (local.get $depth))
        (br_if $columns (i32.lt_u
          (local.tee $j (i32.add (local.get $j) (i32.const 8))) (local.get $n))))
      (local.set $a (i32.add (local.get $a) (i32.mul (local.get $depth) (local.get $ac))))
      (local.set $b (i32.add (local.get $b) (i32.mul (local.get $depth) (local.get $br))))
      (br_if $blocks (local.tee $p (i32.sub (local.get $p) (local.get $depth))))))

  ;; Copies depth × wide numbers to rows of 8; the rest of a row is zero.
  (func $pack
    (param $b i32) (param $br i32) (param $bc i32) (param $depth i32) (param $wide i32)
    (param $to i32)
    (local $k i32) (local $x i32) (local $from i32) (local $at i32)
    (if (i32.and (i32.eq (local.get $bc) (i32.const 4)) (i32.eq (local.get $wide) (i32.const 8)))
      (then
        (loop $rows
          (v128.store (local.get $to) (v128.load (local.get $b)))
          (v128.store offset=16 (local.get $to) (v128.load offset=16 (local.get $b)))
          (local.set $b (i32.add (local.get $b) (local.get $br)))
          (local.set $to (i32.add (local.get $to) (i32.const 32)))
          (br_if $rows (local.tee $depth (i32.sub (local.get $depth) (i32.const 1)))))
        (return)))
    (loop $lanes
      (local.set $from (i32.add (local.get $b) (i32.mul (local.get $x) (local.get $bc))))
      (local.set $at (i32.add (local.get $to) (i32.shl (local.get $x) (i32.const 2))))
      (local.set $k (local.get $depth))
      (if (i32.lt_u (local.get $x) (local.get $wide))
        (then
          (loop $copied
            (f32.store (local.get $at) (f32.load (local.get $from)))
            (local.set $from (i32.add (local.get $from) (local.get $br)))
            (local.set $at (i32.add (local.get $at) (i32.const 32)))
            (br_if $copied (local.tee $k (i32.sub (local.get $k) (i32.const 1))))))
        (else
          (loop $cleared
            (f32.store (local.get $at) (f32.const 0))
            (local.set $at (i32.add (local.get $at) (i32.const 32)))
            (br_if $cleared (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))))
      (br_if $lanes (i32.lt_u
        (local.tee $x (i32.add (local.get $x) (i32.const 1))) (i32.const 8)))))

  ;; C += A·panel, eight columns wide: four rows at a time in eight accumulators, then row by row.
  (func $multiply
    (param $a i32) (param $ar i32) (param $ac i32) (param $panel i32)
    (param $c i32) (param $ldc i32) (param $m i32) (param $depth i32)
    (local $k i32) (local $pb i32)
    (local $pa0 i32) (local $pa1 i32) (local $pa2 i32) (local $pa3 i32)
    (local $pc1 i32) (local $pc2 i32) (local $pc3 i32)
    (local $b0 v128) (local $b1 v128) (local $x v128)
    (local $c00 v128) (local $c01 v128) (local $c10 v128) (local $c11 v128)
    (local $c20 v128) (local $c21 v128) (local $c30 v128) (local $c31 v128)
    (block $few
      (loop $fours
        (br_if $few (i32.lt_u (local.get $m) (i32.const 4)))
        (local.set $pa0 (local.get $a))
        (local.set $pa1 (i32.add (local.get $pa0) (local.get $ar)))
        (local.set $pa2 (i32.add (local.get $pa1) (local.get $ar)))
        (local.set $pa3 (i32.add (local.get $pa2) (local.get $ar)))
        (local.set $pc1 (i32.add (local.get $c) (local.get $ldc)))
        (local.set $pc2 (i32.add (local.get $pc1) (local.get $ldc)))
        (local.set $pc3 (i32.add (local.get $pc2) (local.get $ldc)))
        (local.set $c00 (v128.load (local.get $c)))
        (local.set $c01 (v128.load offset=16 (local.get $c)))
        (local.set $c10 (v128.load (local.get $pc1)))
        (local.set $c11 (v128.load offset=16 (local.get $pc1)))
        (local.set $c20 (v128.load (local.get $pc2)))
        (local.set $c21 (v128.load offset=16 (local.get $pc2)))
        (local.set $c30 (v128.load (local.get $pc3)))
        (local.set $c31 (v128.load offset=16 (local.get $pc3)))
        (local.set $pb (local.get $panel))
        (local.set $k (local.get $depth))
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
          (local.set $pa0 (i32.add (local.get $pa0) (local.get $ac)))
          (local.set $pa1 (i32.add (local.get $pa1) (local.get $ac)))
          (local.set $pa2 (i32.add (local.get $pa2) (local.get $ac)))
          (local.set $pa3 (i32.add (local.get $pa3) (local.get $ac)))
          (local.set $pb (i32.add (local.get $pb) (i32.const 32)))
          (br_if $inner (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
        (v128.store (local.get $c) (local.get $c00))
        (v128.store offset=16 (local.get $c) (local.get $c01))
        (v128.store (local.get $pc1) (local.get $c10))
        (v128.store offset=16 (local.get $pc1) (local.get $c11))
        (v128.store (local.get $pc2) (local.get $c20))
        (v128.store offset=16 (local.get $pc2) (local.get $c21))
        (v128.store (local.get $pc3) (local.get $c30))
        (v128.store offset=16 (local.get $pc3) (local.get $c31))
        (local.set $c (i32.add (local.get $pc3) (local.get $ldc)))
        (local.set $a (i32.add (local.get $a) (i32.shl (local.get $ar) (i32.const 2))))
        (local.set $m (i32.sub (local.get $m) (i32.const 4)))
        (br $fours)))
    (if (i32.eqz (local.get $m)) (then (return)))
    (loop $ones
      (local.set $pa0 (local.get $a))
      (local.set $c00 (v128.load (local.get $c)))
      (local.set $c01 (v128.load offset=16 (local.get $c)))
      (local.set $pb (local.get $panel))
      (local.set $k (local.get $depth))
      (loop $single
        (local.set $x (v128.load32_splat (local.get $pa0)))
        (local.set $c00 (f32x4.relaxed_madd
          (local.get $x) (v128.load (local.get $pb)) (local.get $c00)))
        (local.set $c01 (f32x4.relaxed_madd
          (local.get $x) (v128.load offset=16 (local.get $pb)) (local.get $c01)))
        (local.set $pa0 (i32.add (local.get $pa0) (local.get $ac)))
        (local.set $pb (i32.add (local.get $pb) (i32.const 32)))
        (br_if $single (local.tee $k (i32.sub (local.get $k) (i32.const 1)))))
      (v128.store (local.get $c) (local.get $c00))
      (v128.store offset=16 (local.get $c) (local.get $c01))
      (local.set $c (i32.add (local.get $c) (local.get $ldc)))
      (local.set $a (i32.add (local.get $a) (local.get $ar)))
      (br_if $ones (local.tee $m (i32.sub (local.get $m) (i32.const 1)))))))
