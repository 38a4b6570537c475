#!/bin/sh
# Makes an AppImage of the frozen app (`make package` first): sh packaging/linux/build_appimage.sh
# appimagetool must be on PATH; without it the AppDir is laid out and proved all the same, and the exit status is 3.
set -eu
cd "$(dirname "$0")/../.."
appdir=build/AppDir
if [ ! -x dist/optave-inspector/optave-inspector ]; then
    echo "dist/optave-inspector is not there: run make package first." >&2
    exit 2
fi
version=$(.venv/bin/python packaging/version_resource.py)
seconds=${SOURCE_DATE_EPOCH:-$(git log -1 --format=%ct 2>/dev/null || date +%s)}
rm -rf "$appdir"
mkdir -p "$appdir/usr/lib" "$appdir/usr/bin"
cp -R dist/optave-inspector "$appdir/usr/lib/"
ln -s ../lib/optave-inspector/optave-inspector "$appdir/usr/bin/optave-inspector"
QT_QPA_PLATFORM=offscreen .venv/bin/python packaging/linux_files.py "$appdir/usr/share" "$seconds"
# AppImages are read by an older name of the metainfo.
mv "$appdir/usr/share/metainfo/optave-inspector.metainfo.xml" "$appdir/usr/share/metainfo/optave-inspector.appdata.xml"
cp "$appdir/usr/share/applications/optave-inspector.desktop" "$appdir/"
cp "$appdir/usr/share/icons/hicolor/256x256/apps/optave-inspector.png" "$appdir/"
ln -s optave-inspector.png "$appdir/.DirIcon"
ln -s usr/bin/optave-inspector "$appdir/AppRun"
"$appdir/AppRun" self-test
echo "Laid out $appdir"
if ! command -v appimagetool >/dev/null; then
    echo "appimagetool is not installed: no AppImage was made." >&2
    exit 3
fi
image="dist/optave-inspector-$version-$(uname -m).AppImage"
ARCH=$(uname -m) VERSION=$version SOURCE_DATE_EPOCH=$seconds appimagetool --no-appstream "$appdir" "$image"
# FUSE is missing in many containers.
APPIMAGE_EXTRACT_AND_RUN=1 "$image" self-test
echo "Made $image"
