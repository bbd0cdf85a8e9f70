// deno-lint-ignore-file no-console -- a benchmark prints
/** How large the house is: names, modules, files and lines: `deno task bench:house`. */
import { textTable } from "../src/report/mod.ts";

interface Module {
  readonly specifier: string;
  readonly dependencies?: readonly {
    readonly isDynamic?: boolean;
    readonly code?: { readonly specifier?: string };
  }[];
}

const text = new TextDecoder();
const { stdout } = await new Deno.Command("deno", { args: ["info", "--json", "mod.ts"] }).output();
const { roots, modules } = JSON.parse(text.decode(stdout)) as {
  roots: [string];
  modules: Module[];
};
const known = new Map(modules.map((module) => [module.specifier, module]));
const loaded = new Set(roots);
for (const specifier of loaded) {
  for (const { isDynamic, code } of known.get(specifier)?.dependencies ?? []) {
    if (!isDynamic && code?.specifier !== undefined) loaded.add(code.specifier);
  }
}
const faces = [...(await Deno.readTextFile("mod.ts")).matchAll(/export (?:type )?\{([^}]*)\}/g)];
const names = faces.flatMap(([, list]) => list!.split(",")).filter((name) => name.trim() !== "");

const rooms: [string, number, number, number][] = [];
for await (const { name, isDirectory } of Deno.readDir("src")) {
  if (!isDirectory) continue;
  const room = await measure(`src/${name}`);
  rooms.push([name, room.files, room.most, room.lines]);
}
rooms.sort(([a], [b]) => a < b ? -1 : 1);
const sum = (column: 1 | 3) => rooms.reduce((total, row) => total + row[column], 0);
const most = Math.max(...rooms.map((row) => row[2]));
console.log(textTable({
  columns: ["room", "files", "most in a folder", "lines"],
  rows: [...rooms, ["all", sum(1), most, sum(3)]],
}));
console.log(`mod.ts: ${names.length} names; importing it loads ${loaded.size} modules`);

async function measure(folder: string): Promise<{ files: number; most: number; lines: number }> {
  let [files, own, most, lines] = [0, 0, 0, 0];
  for await (const { name, isDirectory } of Deno.readDir(folder)) {
    if (isDirectory) {
      const inner = await measure(`${folder}/${name}`);
      files += inner.files;
      lines += inner.lines;
      most = Math.max(most, inner.most);
    } else if (name.endsWith(".ts")) {
      own++;
      lines += (await Deno.readTextFile(`${folder}/${name}`)).split("\n").length - 1;
    }
  }
  return { files: files + own, most: Math.max(most, own), lines };
}
