#!/bin/sh
# Makes the tables of this folder from the Python package cect 0.3.5. Needs python3 with pip and xlrd, and cargo.
set -eu
here=$(cd "$(dirname "$0")" && pwd)
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 -m pip download --quiet --no-deps --only-binary :all: --dest "$work" cect==0.3.5
python3 -m zipfile -e "$work"/cect-0.3.5-py3-none-any.whl "$work/package"
(cd "$work/package/cect/data" && sha256sum --check --quiet "$here/SHA256SUMS")

mkdir "$work/files"
cut -c67- "$here/SHA256SUMS" | while IFS= read -r name; do
    cp "$work/package/cect/data/$name" "$work/files/"
done
cp "$work/package/cect-0.3.5.dist-info/licenses/LICENSE" "$here/LICENSE"
python3 "$here/neurons.py" "$work/package/cect" > "$work/neurons.csv"
mv "$work/neurons.csv" "$here/neurons.csv"
cd "$here/../.."
cargo run --release --quiet -p neuroloom-wiring --example pack_readings -- "$work/files" data/connectome
