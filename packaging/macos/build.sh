#!/bin/sh
# On macOS: freezes the app into a bundle, proves it, signs it, and puts it into a disk image.
#   sh packaging/macos/build.sh
# CODESIGN_IDENTITY names a "Developer ID Application" certificate of the keychain; without it the signature is an ad-hoc
# one, which runs on this Mac only. With NOTARY_PROFILE, a profile that "xcrun notarytool store-credentials" has kept,
# the image is notarized as well.
set -eu
cd "$(dirname "$0")/../.."
if [ "$(uname -s)" != Darwin ]; then
    echo "This script needs macOS: codesign and hdiutil are nowhere else." >&2
    exit 2
fi
identity=${CODESIGN_IDENTITY:--}
app="dist/Optave Inspector.app"
make package
version=$(.venv/bin/python packaging/version_resource.py)
image="dist/optave-inspector-$version-macos-$(uname -m).dmg"

# Inside out: each library first, the bundle last. Python needs memory that it may write and run.
entitlements=$(mktemp)
folder=$(mktemp -d)
trap 'rm -rf "$folder" "$entitlements"' EXIT
cat >"$entitlements" <<'PLIST'
<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0"><dict><key>com.apple.security.cs.allow-unsigned-executable-memory</key><true/></dict></plist>
PLIST
if [ "$identity" = - ]; then timestamp=--timestamp=none; else timestamp=--timestamp; fi
find "$app/Contents/Frameworks" -type f \( -name '*.dylib' -o -name '*.so' \) -print0 |
    xargs -0 codesign --force --options runtime "$timestamp" --sign "$identity"
codesign --force --deep --options runtime "$timestamp" --entitlements "$entitlements" --sign "$identity" "$app"
codesign --verify --deep --strict "$app"
plutil -lint "$app/Contents/Info.plist"
# Once more, as it is shipped.
"$app/Contents/MacOS/optave-inspector" self-test

cp -R "$app" "$folder/"
ln -s /Applications "$folder/Applications"
hdiutil create -volname "Optave Inspector" -srcfolder "$folder" -ov -format UDZO "$image"
if [ -n "${NOTARY_PROFILE:-}" ]; then
    xcrun notarytool submit "$image" --keychain-profile "$NOTARY_PROFILE" --wait
    xcrun stapler staple "$image"
fi
echo "Made $image"
