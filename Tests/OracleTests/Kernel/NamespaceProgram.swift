/// What programs for Python have in common that make network namespaces.
///
/// Namespaces have no names: only the process has them open, so that they are gone when it ends,
/// however it ends.
enum NamespaceProgram {
  static let head = #"""
    import ctypes, os, select, signal, socket, struct, subprocess, sys

    # Whatever happens, nothing of this outlives ten minutes; the end of standard input ends it sooner.
    signal.alarm(600)
    libc = ctypes.CDLL(None, use_errno=True)
    NEWNS, NEWNET = 0x20000, 0x40000000

    class Absent(Exception):
        pass

    def check(result, what):
        if result:
            raise Absent(f"{what}: {os.strerror(ctypes.get_errno())}")

    def run(*command, text=None):
        try:
            done = subprocess.run(command, input=text, capture_output=True, text=True, timeout=20)
        except OSError as error:
            raise Absent(f"{command[0]}: {error.strerror}; Tools/test installs it")
        if done.returncode:
            raise Absent(f"{command[0]}: " + done.stderr.strip().split("\n")[0])

    def set_sysctl(name, value):
        with open("/proc/sys/net/" + name, "w") as file:
            file.write(value)

    def new_namespace():
        """Makes a network namespace, and enters it. It lives as long as somebody has it open."""
        check(libc.unshare(NEWNET), "a network namespace cannot be made")
        return os.open("/proc/self/ns/net", os.O_RDONLY)

    def enter(namespace):
        check(libc.setns(namespace, NEWNET), "a network namespace cannot be entered")

    def make_sysctls_writable():
        try:
            set_sysctl("ipv4/ip_forward", "0")
        except OSError:
            # Containers see /proc/sys read-only; this process makes itself another view of it.
            check(libc.unshare(NEWNS), "sysctls cannot be set, nor mounted anew")
            check(libc.mount(b"none", b"/", None, 0x44000, None), "mounts cannot be made private")
            check(libc.mount(b"proc", b"/proc", b"proc", 0, None), "proc cannot be mounted")
            set_sysctl("ipv4/ip_forward", "0")

    """#
}
