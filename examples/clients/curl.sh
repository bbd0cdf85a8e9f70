#!/usr/bin/env bash
# Asks a server of micro-lm by curl. MICRO_LM_URL and MICRO_LM_TOKEN say where it is and what it asks for.
set -euo pipefail
url=${MICRO_LM_URL:-http://127.0.0.1:8088}
prompt=${1:-swap 2 ETH for USDC}

# jq or Python would do as well: a prompt is text, and has to be written as JSON
body=$(printf '%s' "$prompt" | sed 's/[\\"]/\\&/g')
curl --silent --show-error --fail-with-body "$url/v1/run" \
  --header 'content-type: application/json' \
  --header "authorization: Bearer ${MICRO_LM_TOKEN:-}" \
  --data "{\"prompt\": \"$body\", \"context\": {\"oracle\": {\"age_sec\": 5}}}"
