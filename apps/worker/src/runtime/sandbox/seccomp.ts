// A seccomp filter for containers: what a server never needs and kernels have been broken through is refused. Pure; x86-64.

// linux/filter.h, linux/seccomp.h, linux/audit.h, linux/sched.h
const [LOAD, EQUAL, AT_LEAST, ANY_BIT, RETURN] = [0x20, 0x15, 0x35, 0x45, 0x06]
const [NUMBER, ARCHITECTURE, FIRST_ARGUMENT] = [0, 4, 16]
const X86_64 = 0xc000_003e
/** Numbers from here on are of the x32 interface. */
const X32 = 0x4000_0000
const ALLOW = 0x7fff_0000
const REFUSE = 0x0005_0000
const [EPERM, ENOSYS] = [1, 38]
const [SOCKET, CLONE, CLONE3] = [41, 56, 435]
/** Flags of `clone` that make namespaces. */
const NAMESPACES = 0x7e02_0000
/** Reaches the hypervisor from every network namespace. */
const AF_VSOCK = 40

/** System calls that are refused, by their number on x86-64. */
export const REFUSED: Readonly<Record<string, number>> = {
  // Another root, other namespaces, other mounts.
  chroot: 161,
  pivot_root: 155,
  mount: 165,
  umount2: 166,
  open_tree: 428,
  move_mount: 429,
  fsopen: 430,
  fsconfig: 431,
  fsmount: 432,
  fspick: 433,
  mount_setattr: 442,
  statmount: 457,
  listmount: 458,
  open_tree_attr: 467,
  setns: 308,
  unshare: 272,
  name_to_handle_at: 303,
  open_by_handle_at: 304,
  fanotify_init: 300,
  // The kernel itself.
  acct: 163,
  bpf: 321,
  create_module: 174,
  delete_module: 176,
  finit_module: 313,
  init_module: 175,
  get_kernel_syms: 177,
  query_module: 178,
  kexec_load: 246,
  kexec_file_load: 320,
  lookup_dcookie: 212,
  nfsservctl: 180,
  perf_event_open: 298,
  quotactl: 179,
  quotactl_fd: 443,
  reboot: 169,
  swapon: 167,
  swapoff: 168,
  sysctl: 156,
  sysfs: 139,
  syslog: 103,
  uselib: 134,
  ustat: 136,
  userfaultfd: 323,
  io_uring_setup: 425,
  io_uring_enter: 426,
  io_uring_register: 427,
  // Keys, clocks, ports and memory that are not per namespace.
  add_key: 248,
  request_key: 249,
  keyctl: 250,
  clock_adjtime: 305,
  clock_settime: 227,
  settimeofday: 164,
  ioperm: 173,
  iopl: 172,
  modify_ldt: 154,
  kcmp: 312,
  mbind: 237,
  migrate_pages: 256,
  move_pages: 279,
  set_mempolicy: 238,
  pidfd_getfd: 438,
  vhangup: 153,
}

/** One `struct sock_filter`; jumps count the instructions to leave out. */
export type Instruction = readonly [code: number, ifTrue: number, ifFalse: number, value: number]

/**
 * The filter: everything but the list is allowed. Namespaces are not made by `clone` either, and of `clone3`, whose flags a
 * filter cannot read, nothing is known, so that C libraries fall back to `clone`.
 */
export function seccompProgram(): Instruction[] {
  const numbers = Object.values(REFUSED)
  return [
    [LOAD, 0, 0, ARCHITECTURE],
    [EQUAL, 1, 0, X86_64],
    [RETURN, 0, 0, REFUSE | EPERM],
    [LOAD, 0, 0, NUMBER],
    [AT_LEAST, 0, 1, X32],
    [RETURN, 0, 0, REFUSE | EPERM],
    [EQUAL, 0, 1, CLONE3],
    [RETURN, 0, 0, REFUSE | ENOSYS],
    // To the last instruction, past the other numbers, the two looks at arguments and ALLOW.
    ...numbers.map((number, index): Instruction => [EQUAL, numbers.length - index + 6, 0, number]),
    [EQUAL, 3, 0, SOCKET],
    [EQUAL, 0, 4, CLONE],
    [LOAD, 0, 0, FIRST_ARGUMENT],
    [ANY_BIT, 3, 2, NAMESPACES],
    [LOAD, 0, 0, FIRST_ARGUMENT],
    [EQUAL, 1, 0, AF_VSOCK],
    [RETURN, 0, 0, ALLOW],
    [RETURN, 0, 0, REFUSE | EPERM],
  ]
}

/** The filter as the kernel reads it. */
export function seccompFilter(): Uint8Array {
  const program = seccompProgram()
  const bytes = new DataView(new ArrayBuffer(program.length * 8))
  for (const [index, [code, ifTrue, ifFalse, value]] of program.entries()) {
    bytes.setUint16(index * 8, code, true)
    bytes.setUint8(index * 8 + 2, ifTrue)
    bytes.setUint8(index * 8 + 3, ifFalse)
    bytes.setUint32(index * 8 + 4, value, true)
  }
  return new Uint8Array(bytes.buffer)
}
