#!/bin/sh
# Makes the pictures of README and manual anew from the running app: `make docs`.
set -eu
folder=$(mktemp -d)
.venv/bin/optave-inspector tour --output "$folder"
cp "$folder"/*-streamed.png docs/window-light.png
cp "$folder"/*-dark.png docs/window-dark.png
rm -r "$folder"
.venv/bin/python -m optave_inspector.manual_pictures docs/manual/pictures
