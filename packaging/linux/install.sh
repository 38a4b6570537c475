#!/bin/sh
# Installs the unpacked app for this user (or below PREFIX, as /usr/local), with its entry in the menu, its icons and its
# file types: ./install.sh    and takes it away again: ./install.sh --remove
set -eu
here=$(cd "$(dirname "$0")" && pwd)
prefix=${PREFIX:-$HOME/.local}
app=$prefix/lib/optave-inspector

refresh() {
    # Each is there on a desktop; where one is missing, nothing reads what it makes.
    if command -v update-desktop-database >/dev/null; then update-desktop-database -q "$prefix/share/applications" || true; fi
    if command -v update-mime-database >/dev/null; then update-mime-database "$prefix/share/mime" || true; fi
    if command -v gtk-update-icon-cache >/dev/null; then gtk-update-icon-cache -q -t -f "$prefix/share/icons/hicolor" || true; fi
}

remove() {
    if [ -f "$app/installed-files" ]; then
        while IFS= read -r file; do rm -f "$prefix/$file"; done <"$app/installed-files"
    fi
    rm -rf "$app"
}

case ${1:-} in
--remove)
    remove
    refresh
    echo "Removed. Your profiles, captures and settings were left alone."
    exit 0
    ;;
"") ;;
*)
    echo "usage: $0 [--remove]   (PREFIX=/usr/local for all users)" >&2
    exit 2
    ;;
esac
if [ ! -x "$here/optave-inspector" ] || [ ! -d "$here/share" ]; then
    echo "$here is not the unpacked archive of Optave Inspector." >&2
    exit 1
fi
if [ "$here" = "$app" ]; then
    echo "$here is where the app is installed already. Unpack the archive elsewhere and run install.sh there." >&2
    exit 1
fi
remove
mkdir -p "$app" "$prefix/bin"
cp -R "$here/optave-inspector" "$here/_internal" "$app/"
(cd "$here" && find share -type f) | sort >"$app/installed-files"
while IFS= read -r file; do
    mkdir -p "$prefix/$(dirname "$file")"
    cp "$here/$file" "$prefix/$file"
done <"$app/installed-files"
echo bin/optave-inspector >>"$app/installed-files"
# Desktops start programs without the shell's PATH: the whole path stands in the entry.
entry=$prefix/share/applications/optave-inspector.desktop
escaped=$(printf %s "$prefix/bin/optave-inspector" | sed 's/[&|\\]/\\&/g')
sed "s|^Exec=optave-inspector|Exec=\"$escaped\"|; s|^TryExec=optave-inspector|TryExec=$escaped|" "$here/share/applications/optave-inspector.desktop" >"$entry"
ln -sf "$app/optave-inspector" "$prefix/bin/optave-inspector"
refresh
echo "Installed: $prefix/bin/optave-inspector"
