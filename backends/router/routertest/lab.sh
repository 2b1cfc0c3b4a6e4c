# The first process of a lab, in a mount and a process namespace of its own:
# what it mounts and starts ends with it, however the test binary ends. It
# takes one command a line, and answers each with one line: "ok" or what failed.
set -u
folder=$1 frr=$2 bird=$3 sshd=$4 ip=$5
exec 2>>"$folder/lab.log"

mount --make-rprivate /
mount -t tmpfs -o mode=755 lab /run
# FRRouting keeps crash logs here, in folders named after process ids, which
# are the same in each lab.
mount -t tmpfs -o mode=1777 lab /var/tmp
# The SSH server writes down who logs in.
mount -t tmpfs -o mode=755 lab /var/log
mkdir /run/sshd /run/netns
# The router's users exist for this lab only.
for file in passwd group shadow nsswitch.conf; do
  [ ! -e "/etc/$file" ] || mount --bind "$folder/accounts/$file" "/etc/$file"
done
chmod 600 "$folder/accounts/shadow" "$folder/hostkey"
chown -R frr:frrvty "$folder/router"

# network makes both namespaces, and the LAN that both are connected to. The
# link-local addresses are given by hand: those that the system makes are not
# used for a second or two, until it knows that nobody else has them.
network() {
  # "ip netns add" would have to come back into a namespace where who is not
  # root has no rights.
  for namespace in router peer; do
    : >/run/netns/$namespace && unshare --net mount --no-canonicalize --bind /proc/self/ns/net /run/netns/$namespace || return 1
  done
  "$ip" -n router link add lan type veth peer name lan netns peer &&
  for namespace in router peer; do
    "$ip" -n $namespace link set lo up &&
    "$ip" -n $namespace link set lan addrgenmode none &&
    "$ip" -n $namespace link set lan up || return 1
  done
  "$ip" -n router address add fe80::1/64 dev lan nodad && "$ip" -n peer address add fe80::2/64 dev lan nodad
}

# address gives the router or the peer an address of the LAN.
address() {
  case $2 in
    *:*) "$ip" -n "$1" address add "$2/64" dev lan nodad ;;
    *) "$ip" -n "$1" address add "$2/24" dev lan ;;
  esac
}

# within replaces the shell by a program in a network namespace.
within() {
  namespace=/run/netns/$1
  shift
  exec nsenter --net="$namespace" "$@" >/dev/null
}

# daemon replaces the shell by one of the router's daemons.
daemon() {
  within router "$frr/$1" -u frr -g frr -A 127.0.0.1 -P 0 --vty_socket "$folder/router/run" \
    -z "$folder/router/run/zserv.api" -i "$folder/router/run/$1.pid" -f "$folder/router/etc/$1.conf" \
    --log "file:$folder/router/log"
}

zebra_start() { daemon zebra & zebra=$!; }
bgpd_start() { daemon bgpd & bgpd=$!; }
bgpd_stop() { kill -KILL $bgpd; wait $bgpd; true; }
bgpd_pause() { kill -STOP $bgpd; }
bgpd_resume() { kill -CONT $bgpd; }

# Each peer has a BIRD of its own: one BIRD has only one session at a time with
# the same address of the router.
bird_start() { within peer "$bird" -f -c "$folder/peers/$1.conf" -s "$folder/peers/$1.ctl" -P "$folder/peers/$1.pid" & }

# The sessions of sshd end with it, because it is the first process of a
# namespace of their own.
sshd_start() { unshare --pid --fork --kill-child "$sshd" -D -f "$folder/sshd_config" -E "$folder/sshd.log" >/dev/null & ssh=$!; }
sshd_stop() { kill -KILL $ssh; wait $ssh; true; }

while read -r command; do
  if $command >&2; then echo ok; else echo "failed: $command"; fi
done

# The test binary has ended, or wants the lab to end.
kill -KILL -1
rm -rf "$folder"
