;; Reads packed numbers (packed_arrays.ts). What is packed stands at address 0 with zeros after it; places in
;; it are counted in bits, the lowest of each byte first. All other addresses are bytes.
(module
  (memory (export "memory") 1)
  ;; The bit that is read next, and that behind the last.
  (global $at (export "at") (mut i32) (i32.const 0))
  (global $end (export "end") (mut i32) (i32.const 0))

  ;; The bits from here on, 57 of them or more.
  (func $window (result i64)
    (i64.shr_u
      (i64.load align=1 (i32.shr_u (global.get $at) (i32.const 3)))
      (i64.extend_i32_u (i32.and (global.get $at) (i32.const 7)))))

  ;; A number of at most 32 bits.
  (func $read (export "read") (param $count i32) (result i32)
    (local $bits i64)
    (local.set $bits (call $window))
    (global.set $at (i32.add (global.get $at) (local.get $count)))
    (i32.wrap_i64 (i64.and
      (local.get $bits)
      (i64.sub
        (i64.shl (i64.const 1) (i64.extend_i32_u (local.get $count)))
        (i64.const 1)))))

  ;; A number of a Rice code: ones and a zero, then as many bits as the parameter says.
  (func $number (param $parameter i32) (result i32)
    (local $bits i64) (local $ones i32) (local $length i32)
    (local.set $bits (call $window))
    (local.set $ones (i32.wrap_i64 (i64.ctz (i64.xor (local.get $bits) (i64.const -1)))))
    (local.set $length
      (i32.add (i32.add (local.get $ones) (i32.const 1)) (local.get $parameter)))
    (if (i32.le_u (local.get $length) (i32.const 57)) (then
      (global.set $at (i32.add (global.get $at) (local.get $length)))
      (return (i32.or
        (i32.shl (local.get $ones) (local.get $parameter))
        (i32.wrap_i64 (i64.and
          (i64.shr_u
            (local.get $bits)
            (i64.extend_i32_u (i32.add (local.get $ones) (i32.const 1))))
          (i64.sub
            (i64.shl (i64.const 1) (i64.extend_i32_u (local.get $parameter)))
            (i64.const 1))))))))
    (local.set $ones (i32.const 0))
    (block $zero
      (loop $more
        (br_if $zero (i32.ge_u (global.get $at) (global.get $end)))
        (br_if $zero (i32.eqz (call $read (i32.const 1))))
        (local.set $ones (i32.add (local.get $ones) (i32.const 1)))
        (br $more)))
    (i32.or
      (i32.shl (local.get $ones) (local.get $parameter))
      (call $read (local.get $parameter))))

  ;; Numbers of one parameter, 32 bits each. It stops where it is beyond the end.
  (func (export "counts") (param $parameter i32) (param $count i32) (param $out i32)
    (local $stop i32)
    (local.set $stop (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $out) (local.get $stop)))
        (br_if $done (i32.gt_u (global.get $at) (global.get $end)))
        (i32.store (local.get $out) (call $number (local.get $parameter)))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $next))))

  ;; Rows of numbers, each with the parameter in front and times 2 to the power of its exponent (a byte each),
  ;; as float32: 0, -1, 1, -2, … are written as 0, 1, 2, 3, … It stops where it is beyond the end.
  (func (export "steps")
    (param $rows i32) (param $cols i32) (param $exponents i32) (param $out i32)
    (local $row i32) (local $col i32) (local $parameter i32) (local $value i32) (local $step f64)
    (block $done
      (loop $nextRow
        (br_if $done (i32.eq (local.get $row) (local.get $rows)))
        (br_if $done (i32.gt_u (global.get $at) (global.get $end)))
        (local.set $step (f64.reinterpret_i64 (i64.shl
          (i64.extend_i32_u (i32.add
            (i32.load8_s (i32.add (local.get $exponents) (local.get $row)))
            (i32.const 1023)))
          (i64.const 52))))
        (local.set $parameter (call $read (i32.const 4)))
        (local.set $col (i32.const 0))
        (block $full
          (loop $nextCol
            (br_if $full (i32.eq (local.get $col) (local.get $cols)))
            (br_if $done (i32.gt_u (global.get $at) (global.get $end)))
            (local.set $value (call $number (local.get $parameter)))
            (f32.store (local.get $out) (f32.demote_f64 (f64.mul
              (local.get $step)
              (f64.convert_i32_s (i32.xor
                (i32.shr_s (local.get $value) (i32.const 1))
                (i32.sub (i32.const 0) (i32.and (local.get $value) (i32.const 1))))))))
            (local.set $out (i32.add (local.get $out) (i32.const 4)))
            (local.set $col (i32.add (local.get $col) (i32.const 1)))
            (br $nextCol)))
        (local.set $row (i32.add (local.get $row) (i32.const 1)))
        (br $nextRow))))

  ;; The group of each of many things; returns how many groups there are, or −1 for one that never began.
  (func (export "groups") (param $count i32) (param $out i32) (result i32)
    (local $stop i32) (local $known i32) (local $group i32)
    (local.set $stop (i32.add (local.get $out) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $out) (local.get $stop)))
        (br_if $done (i32.gt_u (global.get $at) (global.get $end)))
        (if (call $read (i32.const 1))
          (then
            (local.set $group (local.get $known))
            (local.set $known (i32.add (local.get $known) (i32.const 1))))
          (else
            (if (i32.eqz (local.get $known)) (then (return (i32.const -1))))
            (local.set $group (call $read (i32.sub
              (i32.const 32)
              (i32.clz (i32.sub (local.get $known) (i32.const 1))))))
            (if (i32.ge_u (local.get $group) (local.get $known))
              (then (return (i32.const -1))))))
        (i32.store (local.get $out) (local.get $group))
        (local.set $out (i32.add (local.get $out) (i32.const 4)))
        (br $next)))
    (local.get $known))

  ;; From what lies between ascending numbers to the numbers, in place; returns the last of them.
  (func (export "ascend") (param $values i32) (param $count i32) (result f64)
    (local $stop i32) (local $last i64)
    (local.set $last (i64.const -1))
    (local.set $stop (i32.add (local.get $values) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $values) (local.get $stop)))
        (local.set $last (i64.add
          (i64.add (local.get $last) (i64.load32_u (local.get $values)))
          (i64.const 1)))
        (i64.store32 (local.get $values) (local.get $last))
        (local.set $values (i32.add (local.get $values) (i32.const 4)))
        (br $next)))
    (f64.convert_i64_s (local.get $last)))

  ;; Puts one of `size` numbers for each of their places, in place; returns 0 for a place beyond them.
  (func (export "pick")
    (param $numbers i32) (param $size i32) (param $places i32) (param $count i32) (result i32)
    (local $stop i32) (local $place i32)
    (local.set $stop (i32.add (local.get $places) (i32.shl (local.get $count) (i32.const 2))))
    (block $done
      (loop $next
        (br_if $done (i32.eq (local.get $places) (local.get $stop)))
        (local.set $place (i32.load (local.get $places)))
        (if (i32.ge_u (local.get $place) (local.get $size)) (then (return (i32.const 0))))
        (i32.store
          (local.get $places)
          (i32.load (i32.add
            (local.get $numbers)
            (i32.shl (local.get $place) (i32.const 2)))))
        (local.set $places (i32.add (local.get $places) (i32.const 4)))
        (br $next)))
    (i32.const 1)))
