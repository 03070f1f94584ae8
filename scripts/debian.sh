#!/bin/sh
# Installs those of the named Debian packages that are missing; as root, or with sudo. Says the one command when it cannot.
set -eu
missing=""
for package in "$@"; do
    dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null | grep -qx installed || missing="$missing $package"
done
[ -z "$missing" ] && exit 0

become=""
[ "$(id -u)" -eq 0 ] || become="sudo"
mend="$become apt-get update && $become apt-get install --yes --no-install-recommends$missing"
refuse() {
    echo "Missing:$missing ($1). This mends it:" >&2
    echo "    $mend" | sed 's/   *\([a-z]\)/    \1/' >&2
    exit 1
}
command -v apt-get >/dev/null 2>&1 || refuse "apt-get is not on this machine"
[ -z "$become" ] || command -v sudo >/dev/null 2>&1 || refuse "neither root nor sudo"

# A package's own service would take the ports the tests use: forbid every start while these install, unless a policy is there already.
policy=/usr/sbin/policy-rc.d
made=""
if [ ! -e "$policy" ]; then
    printf '#!/bin/sh\nexit 101\n' | $become tee "$policy" >/dev/null && $become chmod 755 "$policy" && made=1
fi
echo "Installing from Debian:$missing"
status=0
# shellcheck disable=SC2086
{ $become apt-get update -qq && $become env DEBIAN_FRONTEND=noninteractive apt-get install --yes -qq --no-install-recommends $missing; } >/dev/null || status=$?
[ -z "$made" ] || $become rm -f "$policy"
[ "$status" -eq 0 ] || refuse "apt-get failed"
