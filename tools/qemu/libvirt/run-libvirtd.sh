#!/bin/sh
# Runs libvirt's daemon by hand: run-libvirtd.sh ROOT WORK
#
# ROOT is an unpacked tree with libvirt and QEMU, which stays as it is: the daemon's root is a file system in memory with ROOT's
# programs in it. WORK is there under its own name. Run it as root in namespaces of its own (unshare --mount --pid --fork), so that
# the mounts and every process end with it. WORK/conf is added to qemu.conf. A daemon that dies is started again, as systemd does.
set -eu
root=$1 work=$2 new=$2/root

mount --make-rprivate /
mkdir -p "$new" "$work/sockets"
mount -t tmpfs -o mode=755 tmpfs "$new"
cd "$new"
mkdir usr run proc dev sys tmp
for link in bin sbin lib lib64; do ln -s "usr/$link" "$link"; done
cp -a "$root/etc" "$root/var" .
mount --bind "$root/usr" usr
mount -o remount,bind,ro usr
mount -t proc proc proc
mount --rbind /dev dev
mount --rbind /sys sys
mkdir -p ".$work"
mount --bind "$work" ".$work"
rm -rf var/run
ln -s /run var/run
echo 'root:x:0:0::/:/bin/false
libvirt-qemu:x:0:0::/:/bin/false' > etc/passwd
echo 'root:x:0:
libvirt-qemu:x:0:
kvm:x:106:' > etc/group
cat > etc/libvirt/libvirtd.conf << END
unix_sock_dir = "$work/sockets"
auth_unix_ro = "none"
auth_unix_rw = "none"
END
cat - "$work/conf" > etc/libvirt/qemu.conf << 'END'
user = "root"
group = "root"
security_driver = "none"
namespaces = []
cgroup_controllers = []
remember_owner = 0
stdio_handler = "file"
END

while :; do
  LC_ALL=C PATH=/usr/sbin:/usr/bin chroot . libvirtd 2>> "$work/libvirtd.log" || true
  sleep 0.1
done
