#!/bin/sh
# $1: the app's Python. Starts the accessibility bus and the app on the screen at hand, drives it, and ends it by SIGTERM.
set -u
launcher=/usr/libexec/at-spi-bus-launcher
"$launcher" --launch-immediately &
bus=$!
QT_LINUX_ACCESSIBILITY_ALWAYS_ON=1 QT_QPA_PLATFORM=xcb "$1" -m optave_inspector demo >&2 &
app=$!
/usr/bin/python3 "$(dirname "$0")/drive_window.py"
driven=$?
kill -TERM "$app"
wait "$app"
ended=$?
kill -TERM "$bus"
wait "$bus" 2>/dev/null
[ "$ended" = 0 ] || echo "the app ended with $ended" >&2
[ "$driven" = 0 ] && [ "$ended" = 0 ]
