#!/bin/sh
# Makes the Python environment of the peers, outside of the working tree. Run it again after a change of
# requirements.txt. Needs python3 (3.11 or later) with venv.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
peers="${XDG_CACHE_HOME:-$HOME/.cache}/neuroloom/peers"
[ -x "$peers/bin/python" ] || python3 -m venv "$peers"
"$peers/bin/pip" install --quiet --requirement "$here/requirements.txt"
echo "$peers/bin/python"
