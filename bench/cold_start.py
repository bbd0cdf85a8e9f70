"""Starts processes in turn and says what each took: the kernel tells a parent alone. For cold_start.ts."""

import json
import os
import sys
import time

given = json.load(sys.stdin)
devnull = os.open(os.devnull, os.O_RDWR)
seen = {name: [] for name in given["commands"]}
for turn in range(given["warmup"] + given["turns"]):
    for name, command in given["commands"].items():
        start = time.perf_counter()
        files = [(os.POSIX_SPAWN_DUP2, devnull, stream) for stream in (0, 1, 2)]
        child = os.posix_spawnp(command[0], command, os.environ, file_actions=files)
        _, status, usage = os.wait4(child, 0)
        wall = time.perf_counter() - start
        code = os.waitstatus_to_exitcode(status)
        if code not in (0, 2):
            sys.exit(f"{' '.join(command)} ended with {code}")
        if turn >= given["warmup"]:
            cpu = usage.ru_utime + usage.ru_stime
            seen[name].append({"wall": wall, "cpu": cpu, "mb": usage.ru_maxrss / 1024})
json.dump(seen, sys.stdout)
