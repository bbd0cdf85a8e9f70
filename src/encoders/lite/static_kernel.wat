;; The weighted mean of rows of a table, scaled to length one. All addresses are bytes; those of sums and
;; of the result are multiples of 16. Products and sums are those of float64, one after the other in the
;; order of the ids, so that every machine gives the same bits.
(module
  (memory (export "memory") 1)

  ;; sums[j] += weights[id]·table[id][j] for each id and each j below 256; the table is float32, the rest
  ;; float64. Sixteen columns at a time: their sums stay in registers, and of each row one line of the
  ;; cache is read.
  (func (export "add")
    (param $ids i32) (param $count i32) (param $table i32) (param $weights i32) (param $sums i32)
    (local $j i32) (local $at i32) (local $end i32) (local $row i32) (local $weight v128)
    (local $s0 v128) (local $s1 v128) (local $s2 v128) (local $s3 v128)
    (local $s4 v128) (local $s5 v128) (local $s6 v128) (local $s7 v128)
    (if (i32.eqz (local.get $count)) (then (return)))
    (local.set $end (i32.add (local.get $ids) (i32.shl (local.get $count) (i32.const 2))))
    (loop $columns
      (local.set $s0 (v128.load (local.get $sums)))
      (local.set $s1 (v128.load offset=16 (local.get $sums)))
      (local.set $s2 (v128.load offset=32 (local.get $sums)))
      (local.set $s3 (v128.load offset=48 (local.get $sums)))
      (local.set $s4 (v128.load offset=64 (local.get $sums)))
      (local.set $s5 (v128.load offset=80 (local.get $sums)))
      (local.set $s6 (v128.load offset=96 (local.get $sums)))
      (local.set $s7 (v128.load offset=112 (local.get $sums)))
      (local.set $at (local.get $ids))
      (loop $rows
        (local.set $weight (v128.load64_splat
          (i32.add (local.get $weights) (i32.shl (i32.load (local.get $at)) (i32.const 3)))))
        (local.set $row (i32.add
          (i32.add (local.get $table) (i32.shl (i32.load (local.get $at)) (i32.const 10)))
          (i32.shl (local.get $j) (i32.const 2))))
        (local.set $s0 (f64x2.add (local.get $s0) (f64x2.mul (local.get $weight)
          (f64x2.promote_low_f32x4 (v128.load64_zero (local.get $row))))))
        (local.set $s1 (f64x2.add (local.get $s1) (f64x2.mul (local.get $weight)
          (f64x2.promote_low_f32x4 (v128.load64_zero offset=8 (local.get $row))))))
        (local.set $s2 (f64x2.add (local.get $s2) (f64x2.mul (local.get $weight)
          (f64x2.promote_low_f32x4 (v128.load64_zero offset=16 (local.get $row))))))
        (local.set $s3 (f64x2.add (local.get $s3) (f64x2.mul (local.get $weight)
          (f64x2.promote_low_f32x4 (v128.load64_zero offset=24 (local.get $row))))))
        (local.set $s4 (f64x2.add (local.get $s4) (f64x2.mul (local.get $weight)
          (f64x2.promote_low_f32x4 (v128.load64_zero offset=32 (local.get $row))))))
        (local.set $s5 (f64x2.add (local.get $s5) (f64x2.mul (local.get $weight)
          (f64x2.promote_low_f32x4 (v128.load64_zero offset=40 (local.get $row))))))
        (local.set $s6 (f64x2.add (local.get $s6) (f64x2.mul (local.get $weight)
          (f64x2.promote_low_f32x4 (v128.load64_zero offset=48 (local.get $row))))))
        (local.set $s7 (f64x2.add (local.get $s7) (f64x2.mul (local.get $weight)
          (f64x2.promote_low_f32x4 (v128.load64_zero offset=56 (local.get $row))))))
        (br_if $rows (i32.lt_u
          (local.tee $at (i32.add (local.get $at) (i32.const 4))) (local.get $end))))
      (v128.store (local.get $sums) (local.get $s0))
      (v128.store offset=16 (local.get $sums) (local.get $s1))
      (v128.store offset=32 (local.get $sums) (local.get $s2))
      (v128.store offset=48 (local.get $sums) (local.get $s3))
      (v128.store offset=64 (local.get $sums) (local.get $s4))
      (v128.store offset=80 (local.get $sums) (local.get $s5))
      (v128.store offset=96 (local.get $sums) (local.get $s6))
      (v128.store offset=112 (local.get $sums) (local.get $s7))
      (local.set $sums (i32.add (local.get $sums) (i32.const 128)))
      (br_if $columns (i32.lt_u
        (local.tee $j (i32.add (local.get $j) (i32.const 16))) (i32.const 256)))))

  ;; out[j] = sums[j] / the length of sums, in float32, and sums[j] = 0, for each j below 256; zeros where
  ;; the length is zero.
  (func (export "take") (param $sums i32) (param $out i32)
    (local $at i32) (local $end i32) (local $sum f64) (local $value v128) (local $scale v128)
    (local.set $end (i32.add (local.get $sums) (i32.const 2048)))
    (local.set $at (local.get $sums))
    (loop $squares
      (local.set $value (v128.load (local.get $at)))
      (local.set $value (f64x2.mul (local.get $value) (local.get $value)))
      (local.set $sum (f64.add (local.get $sum) (f64x2.extract_lane 0 (local.get $value))))
      (local.set $sum (f64.add (local.get $sum) (f64x2.extract_lane 1 (local.get $value))))
      (br_if $squares (i32.lt_u
        (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end))))
    (if (f64.ne (local.get $sum) (f64.const 0))
      (then (local.set $scale
        (f64x2.splat (f64.div (f64.const 1) (f64.sqrt (local.get $sum)))))))
    (loop $columns
      (v128.store64_lane 0 (local.get $out)
        (f32x4.demote_f64x2_zero (f64x2.mul (v128.load (local.get $sums)) (local.get $scale))))
      (v128.store (local.get $sums) (v128.const i64x2 0 0))
      (local.set $out (i32.add (local.get $out) (i32.const 8)))
      (br_if $columns (i32.lt_u
        (local.tee $sums (i32.add (local.get $sums) (i32.const 16))) (local.get $end))))))
