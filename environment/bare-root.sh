#!/usr/bin/env bash
# Tries set-up and a smoke run on Debian as it comes: a root with the packages that README names and nothing else, in which a clone
# of the last commit is set up and run. As root, with debootstrap:
#
#   environment/bare-root.sh DIR              set up, then npm start -- --preset smoke
#   environment/bare-root.sh DIR npm test     another command
#
# A root that is there is used again, with a fresh clone. SUITE names another release, MIRROR another archive than apt's; settings
# of npm, pip, proxies and certificates are those of the caller. Mounts are seen by this script alone and end with it.
set -euo pipefail

readonly ENVIRONMENT='^(npm_config_.*|PIP_.*|SSL_CERT_.*|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy)$'
readonly CERTIFICATES=/etc/ssl/certs/ca-certificates.crt

fail() {
  echo "bare-root: $1" >&2
  exit 1
}

[[ $# -gt 0 ]] || fail "expected a folder for the root, found none."
[[ $(id -u) == 0 ]] || fail "expected to run as root: sudo $0 $*"
[[ -n $(command -v debootstrap) ]] || fail "expected debootstrap, found none: apt install debootstrap"
if [[ -z ${BARE_ROOT_MOUNTS:-} ]]; then BARE_ROOT_MOUNTS=own exec unshare --mount "$0" "$@"; fi

root=$(realpath -m "$1")
shift
[[ $# -gt 0 ]] || set -- npm start -- --preset smoke
project=$(realpath "$(dirname "$0")/..")
suite=${SUITE:-trixie}

if [[ ! -e $root/etc/debian_version ]]; then
  mirror=${MIRROR:-$(apt-get indextargets --format '$(REPO_URI)' "Codename: $suite" "Created-By: Packages" | head -n 1)}
  [[ -n $mirror ]] || fail "expected apt to know an archive of $suite, found none: name one by MIRROR."
  debootstrap --variant=minbase "$suite" "$root" "$mirror"
fi

mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
cp -L /etc/resolv.conf /etc/hosts "$root/etc/"
apt-config dump | grep '^Acquire::' >"$root/etc/apt/apt.conf.d/99caller" || true
variables=(HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin)
while IFS= read -r name; do
  if [[ $name =~ $ENVIRONMENT ]]; then variables+=("$name=${!name}"); fi
done < <(compgen -e)
inside() { chroot "$root" /usr/bin/env -i "${variables[@]}" "$@"; }

inside apt-get -qq update
inside DEBIAN_FRONTEND=noninteractive apt-get -qq install --no-install-recommends \
  nodejs npm python3-venv g++ git ca-certificates >/dev/null
if [[ -e $CERTIFICATES ]]; then cp -L "$CERTIFICATES" "$root$CERTIFICATES"; fi
for file in "$HOME/.npmrc" "$HOME/.config/pip/pip.conf"; do
  if [[ -e $file ]]; then install -D "$file" "$root/root/${file#"$HOME"/}"; fi
done

rm -rf "$root/root/lola"
git clone --quiet --depth 1 "file://$project" "$root/root/lola"
inside sh -c 'echo "Debian $(cat /etc/debian_version), Node $(node -v), npm $(npm -v), $(python3 -V), g++ $(g++ -dumpversion)"'
inside sh -c 'cd ~/lola && exec "$@"' sh node environment/setup.mjs
begin=$(date +%s)
inside sh -c 'cd ~/lola && exec "$@"' sh "$@"
echo "$* took $(($(date +%s) - begin)) s after set-up"
