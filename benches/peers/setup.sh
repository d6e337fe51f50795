#!/bin/sh
# Makes the Python environments of the peers, outside of the working tree. Run it again after a change of
# requirements.txt. Needs python3 (3.11 or later) with venv. Snakemake has an environment of its own: it wants other
# versions of what it shares with the rest.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
cache="${XDG_CACHE_HOME:-$HOME/.cache}/neuroloom"
peers="$cache/peers"
[ -x "$peers/bin/python" ] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --requirement "$here/requirements.txt"
# Several gigabytes: only where it is asked for, as `setup.sh torch`.
[ "${1:-}" != torch ] || "$peers/bin/pip" install --quiet "torch==2.15.0"
# It asks for versions of pandas and hdmf that are long gone; its metrics need neither.
"$peers/bin/pip" install --quiet --no-deps "nlb-tools==0.0.4"
[ -x "$cache/snakemake/bin/python" ] || python3 -m venv "$cache/snakemake"
"$cache/snakemake/bin/pip" install --quiet "snakemake==9.27.1"
echo "$peers/bin/python"
