/** What the guest prints when it takes commands. */
export const READY = 'guest-is-ready';

/** The guest's first program: runs what comes in on the serial line, a command a line, and says so when each is done. */
export function initScript(serialLine: string): string {
  return `#!/bin/busybox sh
/bin/busybox --install -s /bin
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t devtmpfs dev /dev 2>/dev/null
insmod /qemu_fw_cfg.ko* 2>/dev/null
exec </dev/${serialLine} >/dev/${serialLine} 2>&1
stty -echo 2>/dev/null
echo ${READY}
while read -r line; do
  eval "$line"
  echo "done-$?"
done
`;
}
