#!/bin/sh
# Makes one file with libvirt: make-image.sh ROOT save|snapshot raw|sparse
#
# ROOT is an unpacked tree with libvirt and QEMU. Run it as root in namespaces of its own (unshare --mount --pid --fork), so that
# the mounts and the daemon end with it. ROOT/capture holds domain.xml, firmware.bin and memory.bin; image.save is put there.
set -eu
root=$1 kind=$2 format=$3

mount --make-rprivate /
mkdir -p "$root/proc" "$root/dev" "$root/sys" "$root/tmp" "$root/run"
mount -t proc proc "$root/proc"
mount --rbind /dev "$root/dev"
mount --rbind /sys "$root/sys"
mount -t tmpfs tmpfs "$root/run"
rm -rf "$root/var/run" && ln -s /run "$root/var/run"
echo 'root:x:0:0::/:/bin/false
libvirt-qemu:x:0:0::/:/bin/false' > "$root/etc/passwd"
echo 'root:x:0:
libvirt-qemu:x:0:
kvm:x:106:' > "$root/etc/group"
cat > "$root/etc/libvirt/qemu.conf" <<END
user = "root"
group = "root"
security_driver = "none"
namespaces = []
cgroup_controllers = []
remember_owner = 0
stdio_handler = "file"
save_image_format = "$format"
snapshot_image_format = "$format"
END

in_root() { LC_ALL=C PATH=/usr/sbin:/usr/bin chroot "$root" "$@"; }
virsh() { in_root virsh --quiet --connect qemu:///system "$@"; }

in_root libvirtd 2> "$root/capture/libvirtd.log" &
tries=0
until virsh uri > /dev/null 2>&1; do
  tries=$((tries + 1))
  [ $tries -lt 50 ] || { cat "$root/capture/libvirtd.log" >&2; exit 1; }
  sleep 0.2
done

virsh create --paused /capture/domain.xml
# The guest's memory is a file that QEMU has mapped: written in place, it is what the guest has.
memory=$(find "$root/var/lib/libvirt/qemu/ram" -name pc.ram)
dd if="$root/capture/memory.bin" of="$memory" conv=notrunc bs=1M status=none
rm -f "$root/capture/image.save"
case $kind in
  save) virsh save capture /capture/image.save ;;
  snapshot)
    virsh snapshot-create-as capture --no-metadata --memspec file=/capture/image.save,snapshot=external
    virsh destroy capture
    ;;
esac
if virsh restore --paused /capture/image.save 2> /dev/null; then
  echo 'virsh restores it'
  virsh destroy capture
else
  echo 'virsh does not restore it'
fi
