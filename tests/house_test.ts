import { assert, assertEquals } from "@std/assert";
import { walkFiles } from "./walk.ts";

/** Folders of `src/`; a module may import from its own folder and from those before it. */
const ORDER = [
  "core",
  "data",
  "encoders",
  "mapper",
  "evaluate",
  "language",
  "rails",
  "domains",
  "run",
  "trust",
  "stages",
  "report",
  "serve",
  "cli",
];

/** Files that a folder holds at most; tasks are what `deno task` lists. */
const MOST_FILES = 20;

const SOURCES = walkFiles("src", ".ts");
const TASKS = walkFiles("tasks", ".ts");

/** A file without its comments. */
function codeOf(file: string): string {
  return Deno.readTextFileSync(file).replace(/\/\*[\s\S]*?\*\//g, "");
}

function importsOf(file: string): string[] {
  const code = codeOf(file);
  const specifiers = /(?:from|import|new URL|new Worker)\s*\(?\s*"([^"]+)"/g;
  return [...code.matchAll(specifiers)].map((match) => match[1]!);
}

/** Resolves a relative import to a path from the root. */
function resolve(file: string, specifier: string): string {
  return new URL(specifier, `file:///${file}`).pathname.slice(1);
}

const folderOf = (path: string) => path.split("/").length > 2 ? path.split("/")[1]! : "";

for (const file of SOURCES) {
  Deno.test(`${file} imports only what stands before it`, () => {
    for (const specifier of importsOf(file).filter((s) => s.startsWith("."))) {
      const target = resolve(file, specifier);
      assert(target.startsWith("src/"), `${file} imports ${target}, which is outside src/`);
      const from = folderOf(file);
      const to = folderOf(target);
      if (to === "" || from === to) continue;
      assert(from !== "", `${file} is shared by all folders and imports ${target}`);
      assert(
        ORDER.indexOf(to) < ORDER.indexOf(from),
        `${file} imports ${target}: ${to} comes after ${from}`,
      );
    }
  });
}

Deno.test("a domain's folder imports no other domain's", () => {
  const domainOf = (path: string) => /^src\/domains\/(defi|arc|folder)\//.exec(path)?.[1];
  for (const file of SOURCES) {
    const own = domainOf(file);
    if (own === undefined) continue;
    for (const specifier of importsOf(file).filter((s) => s.startsWith("."))) {
      const target = resolve(file, specifier);
      assert([undefined, own].includes(domainOf(target)), `${file} imports ${target}`);
    }
  }
});

Deno.test("runs, servers and tasks ask a domain, not for its name", () => {
  const dispatch =
    /(?:domain|name|opened)(?:\.name)? [!=]==? "(?:defi|arc|folder|home)"|isFolderDomain/;
  const files = [
    ...SOURCES.filter((file) => /^src\/(run|serve|rails|evaluate)\//.test(file)),
    ...TASKS,
  ];
  const found = files.filter((file) => dispatch.test(codeOf(file)));
  assertEquals(found, []);
});

Deno.test("src/ has no folder that the order does not know", () => {
  const folders = new Set(SOURCES.map(folderOf).filter((folder) => folder !== ""));
  assertEquals([...folders].filter((folder) => !ORDER.includes(folder)), []);
});

Deno.test("no folder of src/ holds more than a reader takes in", () => {
  const sizes = new Map<string, number>();
  for (const file of SOURCES) {
    const folder = file.slice(0, file.lastIndexOf("/"));
    sizes.set(folder, (sizes.get(folder) ?? 0) + 1);
  }
  assertEquals([...sizes].filter(([, size]) => size > MOST_FILES), []);
});

Deno.test("src/ has no import cycle", () => {
  const graph = new Map(
    SOURCES.map((file) => [
      file,
      importsOf(file).filter((s) => s.startsWith(".")).map((s) => resolve(file, s)),
    ]),
  );
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): void => {
    assert(!path.includes(file), `Cycle: ${[...path, file].join(" → ")}`);
    if (done.has(file)) return;
    for (const next of graph.get(file) ?? []) visit(next, [...path, file]);
    done.add(file);
  };
  for (const file of SOURCES) visit(file, []);
});

Deno.test("tasks import what faces have, the command line and their shared pieces alone", () => {
  const faces = new Map<string, Set<string>>();
  for (
    const [target, names] of ["mod.ts", ...ORDER.map((room) => `src/${room}/mod.ts`)].flatMap(
      exportsOf,
    )
  ) {
    faces.set(target, names.union(faces.get(target) ?? new Set()));
  }
  for (const file of TASKS) {
    for (const [specifier, names] of namedImportsOf(file)) {
      const target = resolve(file, specifier);
      const allowed = target === "mod.ts" || /^src\/[a-z]+\/mod\.ts$/.test(target) ||
        target.startsWith("src/cli/") || target.startsWith("fixtures/") ||
        /^tasks\/_/.test(target);
      if (allowed) continue;
      // A name of a face may be taken from where the face has it: whoever starts often loads no more than that.
      const others = names.filter((name) => !faces.get(target)?.has(name));
      assert(names.length > 0 && others.length === 0, `${file} imports ${others} of ${target}`);
    }
  }
});

/** The names that a face has of each file. */
function exportsOf(face: string): [file: string, names: Set<string>][] {
  const found: [string, Set<string>][] = [];
  if (!SOURCES.includes(face) && face !== "mod.ts") return found;
  for (
    const [, list, from] of codeOf(face).matchAll(/export (?:type )?\{([^}]*)\} from "([^"]+)"/g)
  ) {
    found.push([resolve(face, from!), new Set(namesIn(list!))]);
  }
  return found;
}

/** Relative imports with the names that they take; without any for those that run a module. */
function namedImportsOf(file: string): [specifier: string, names: string[]][] {
  const code = codeOf(file);
  const plain = [...code.matchAll(/import (?:type )?\{([^}]*)\} from "(\.[^"]+)"/g)];
  const dynamic = [...code.matchAll(/\{([^{}]*)\} =\s*await import\(\s*"(\.[^"]+)"/g)];
  const single = [...code.matchAll(/\(await import\(\s*"(\.[^"]+)"\s*\)\)\s*\.(\w+)/g)]
    .map(([all, specifier, name]) => [all, name, specifier]);
  const named = [...plain, ...dynamic, ...single].map(([, list, specifier]) =>
    [specifier!, namesIn(list!)] as [string, string[]]
  );
  const known = new Set(named.map(([specifier]) => specifier));
  const bare = importsOf(file).filter((s) => s.startsWith(".") && !known.has(s));
  return [...named, ...bare.map((specifier) => [specifier, []] as [string, string[]])];
}

function namesIn(list: string): string[] {
  return list.split(",").map((name) => name.trim().replace(/^type /, "").split(/ as |:/)[0]!)
    .filter((name) => name !== "");
}

Deno.test("every module can be imported", async () => {
  for (const file of SOURCES) await import(`../${file}`);
});

/** Milliseconds that importing the core may take beside other tests; 62 on a quiet machine. */
const MOST_MS = 400;
/**
 * Modules that are loaded with the core and at the start of the tasks that are started most, packages
 * included: each takes a fifth of a millisecond or more of a start. Dynamic imports load when they are reached.
 */
const MOST_MODULES: Readonly<Record<string, number>> = {
  "mod.ts": 110,
  "tasks/map.ts": 95,
  "tasks/run.ts": 95,
};
/** Names of the core: its table of contents. */
const MOST_NAMES = 60;

Deno.test("importing mod.ts takes milliseconds and loads no engine", async () => {
  const script = `
    const before = performance.now();
    await import("./mod.ts");
    console.log(performance.now() - before);`;
  const times: number[] = [];
  // The least of several: other tests run beside this one.
  while (times.length < 5 && !times.some((ms) => ms < MOST_MS)) {
    const { code, stdout } = await new Deno.Command("deno", {
      args: ["eval", "--no-check", script],
    }).output();
    assertEquals(code, 0);
    times.push(Number(new TextDecoder().decode(stdout)));
  }
  assert(Math.min(...times) < MOST_MS, `Importing mod.ts took ${times.join(", ")} ms`);
  const { modules } = await readGraph("mod.ts");
  const engines = /onnxruntime|plotly|ml-logistic|playwright/;
  const loaded = staticImports(modules);
  assertEquals(loaded.filter((specifier) => engines.test(specifier)), []);
});

Deno.test("what is loaded at a start stays little", async () => {
  const config = JSON.parse(Deno.readTextFileSync("deno.json")) as { unstable: string[] };
  // Without it Deno loads all that any dynamic import names before it runs the first line.
  assert(config.unstable.includes("lazy-dynamic-imports"));
  for (const [file, most] of Object.entries(MOST_MODULES)) {
    const count = countStatic(await readGraph(file));
    assert(count <= most, `${file} loads ${count} modules, more than ${most}`);
    assert(count > most / 2, `${file} loads ${count} modules: the limit may come down`);
  }
});

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier?: string };
  }[];
}

interface Graph {
  readonly roots: readonly string[];
  readonly modules: readonly Module[];
}

async function readGraph(file: string): Promise<Graph> {
  const info = await new Deno.Command("deno", { args: ["info", "--json", file] }).output();
  return JSON.parse(new TextDecoder().decode(info.stdout));
}

/** Modules that are reached without a dynamic import. */
function countStatic({ roots, modules }: Graph): number {
  const known = new Map(modules.map((module) => [module.specifier, module]));
  const seen = new Set(roots);
  for (const specifier of seen) {
    for (const { isDynamic, code } of known.get(specifier)?.dependencies ?? []) {
      if (!isDynamic && code?.specifier !== undefined) seen.add(code.specifier);
    }
  }
  return seen.size;
}

Deno.test("mod.ts can be read as a table of contents", () => {
  const exported = [...Deno.readTextFileSync("mod.ts").matchAll(/export (?:type )?\{([^}]*)\}/g)];
  const names = exported.flatMap(([, list]) => list!.split(",").map((name) => name.trim()));
  const count = names.filter((name) => name !== "").length;
  assert(count > 30 && count <= MOST_NAMES, `mod.ts exports ${count} names`);
  assert(!Deno.readTextFileSync("mod.ts").includes("export *"));
});

/** Packages that modules name in static imports. */
function staticImports(modules: readonly { specifier: string }[]): string[] {
  const local = modules.map((m) => m.specifier).filter((s) => s.includes("/src/"));
  return local.flatMap((specifier) => {
    const code = Deno.readTextFileSync(new URL(specifier)).replace(/\/\*[\s\S]*?\*\//g, "");
    return [...code.matchAll(/^(?:import|export)[^;]*?from "([^"]+)"/gm)]
      .filter((match) => !/^(?:import|export) type/.test(match[0]))
      .map((match) => match[1]!);
  });
}
