import type { ServeRequest } from "./exchange.ts";
import { headerOf } from "./exchange.ts";
import { HttpProblem } from "../http_problem.ts";

/** Refuses requests for other hosts. */
export type HostCheck = (request: ServeRequest) => void;

/**
 * The check of the host that a request names. Without it a page whose name is bound to 127.0.0.1 is of the
 * same origin as a server there, and may ask it whatever it likes. A name without a dot is of the
 * machine or its network: nobody can register one to put a page there.
 *
 * @param allowed Names that are right beside those of the machine itself, without ports.
 * @param isOpen Whether every name is right where none is listed: for servers that ask for a token.
 */
export function createHostCheck(allowed: readonly string[], isOpen: boolean): HostCheck {
  if (isOpen && allowed.length === 0) return () => {};
  const names = new Set(allowed.map((name) => name.toLowerCase()));
  return ({ target, headers }) => {
    const authority = /^[a-z]+:\/\/([^/?#]*)/i.exec(target)?.[1] ?? headerOf(headers, "host") ?? "";
    const name = hostName(authority);
    if (isLoopback(name) || isLocalName(name) || names.has(name)) return;
    throw new HttpProblem("wrong_host", `Expected the name of this machine, got "${name}"`, {
      hint: "Ask for localhost, or name the host with --allowed_hosts",
      headers: { connection: "close" },
    });
  };
}

/** Whether only programs of this machine reach a host. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" ||
    /^127(\.\d{1,3}){3}$/.test(host);
}

function isLocalName(name: string): boolean {
  return /^[a-z0-9-]+$/.test(name) && !/^\d+$|^0x/.test(name);
}

/** `Example.org.:80` → `example.org`. */
function hostName(authority: string): string {
  return authority.toLowerCase().replace(/:\d*$/, "").replace(/\.$/, "");
}
