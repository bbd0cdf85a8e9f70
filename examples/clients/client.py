"""Asks a server of micro-lm, with the standard library alone.

MICRO_LM_URL and MICRO_LM_TOKEN say where it is and what it asks for.
"""

import json
import os
import sys
import urllib.error
import urllib.request

URL = os.environ.get("MICRO_LM_URL", "http://127.0.0.1:8088")
TOKEN = os.environ.get("MICRO_LM_TOKEN", "")


def ask(path, body):
    """Posts a body and returns the answer; a problem becomes a ValueError that says what to do."""
    request = urllib.request.Request(
        URL + path,
        data=json.dumps(body).encode(),
        headers={"content-type": "application/json", "authorization": f"Bearer {TOKEN}"},
    )
    try:
        with urllib.request.urlopen(request, timeout=10) as response:
            return json.load(response)
    except urllib.error.HTTPError as error:
        problem = json.load(error)
        raise ValueError(f"{problem['code']}: {problem.get('detail', problem['title'])}") from error


if __name__ == "__main__":
    prompt = sys.argv[1] if len(sys.argv) > 1 else "swap 2 ETH for USDC"
    record = ask("/v1/run", {"prompt": prompt, "context": {"oracle": {"age_sec": 5}}})
    # Carry out a plan only if ok is true
    print(json.dumps({key: record[key] for key in ("ok", "reason", "sequence")}))
