#!/bin/sh
# As root, on demand: proves archive and wheel on a bare Debian, with the packages that the README names and no others.
#   make package && sh packaging/linux/bare_check.sh [suite]
# Needs debootstrap, a Debian mirror (MIRROR, where it is not the usual one) and the package index; takes some minutes, and
# leaves nothing behind.
set -eu
cd "$(dirname "$0")/../.."
suite=${1:-bookworm}
if [ "$(id -u)" != 0 ] || ! command -v debootstrap >/dev/null; then
    echo "This needs root, and debootstrap: apt-get install debootstrap" >&2
    exit 2
fi
version=$(.venv/bin/python packaging/version_resource.py)
archive=dist/optave-inspector-$version-linux-$(uname -m).tar.gz
if [ ! -f "$archive" ]; then
    echo "$archive is not there: run make package first." >&2
    exit 2
fi
bare=$(mktemp -d)
chmod 755 "$bare"
finish() {
    umount "$bare/proc" "$bare/dev" 2>/dev/null || true
    # Never through what is still mounted.
    rm -rf --one-file-system "$bare"
}
trap finish EXIT
debootstrap --variant=minbase --include=ca-certificates "$suite" "$bare" ${MIRROR:+"$MIRROR"} >/dev/null
mount -t proc proc "$bare/proc"
mount --bind /dev "$bare/dev"
mkdir -p "$bare/opt/check"
tar xf "$archive" -C "$bare/opt/check"
.venv/bin/python -m hatchling build -t wheel -d "$bare/opt/check" >/dev/null 2>&1
cp constraints.txt "$bare/opt/check/"
# The authorities that this system trusts, for the package index.
cp -L /etc/ssl/certs/ca-certificates.crt "$bare/opt/check/authorities.pem"

inside() {
    chroot "$bare" env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive sh -euc "$1"
}

echo "The archive, with what the README says:"
inside "apt-get update -qq; apt-get install -y -qq --no-install-recommends libgl1 libegl1 libfontconfig1 >/dev/null 2>&1
    /opt/check/optave-inspector-$version/optave-inspector self-test
    /opt/check/optave-inspector-$version/install.sh
    /root/.local/bin/optave-inspector --version"
packages=$(sed -n 's/^`sudo apt-get install \(.*\)`\.$/\1/p' README.md)
echo "The wheel by pip, with $packages:"
inside "apt-get install -y -qq --no-install-recommends python3-venv $packages >/dev/null 2>&1
    python3 -m venv /opt/check/venv
    /opt/check/venv/bin/pip install -q --cert /opt/check/authorities.pem -c /opt/check/constraints.txt /opt/check/*.whl
    /opt/check/venv/bin/optave-inspector self-test"
echo "Both work on a bare $suite."
