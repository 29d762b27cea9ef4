"""Programs that reach for what is not theirs: each checks that it is denied, and answers right if it is."""

from hostile.cases.case import row
from passatk.records import Status

BAIT_PORT = 47119
BAIT_NAME = "passatk-hostile-bait"
"""The trial listens here, outside the sandbox: TCP on this machine, and an abstract Unix socket."""

SYSCALLS = {  # numbers of x86-64 and aarch64, arguments that a kernel which allows the call would accept
    "io_uring": (425, 425, "8, libc.calloc(1, 512)"),
    "keyctl": (250, 219, "0, -3, 1"),
    "add_key": (248, 217, "b'user', b'left-behind', b'x', 1, -3"),
    "perf_event_open": (298, 241, "(ctypes.c_char * 128)(1, 0, 0, 0, 128), 0, -1, -1, 0"),
    "bpf": (321, 280, "0, (ctypes.c_char * 128)(2, 0, 0, 0, 4, 0, 0, 0, 8, 0, 0, 0, 1), 128"),
    "userfaultfd": (323, 282, "0"),
}


def _syscall(x86: int, arm: int, arguments: str) -> str:
    return (
        f"libc.calloc.restype = ctypes.c_void_p\nnumber = {x86} if os.uname().machine == 'x86_64' else {arm}\n"
        f"if libc.syscall(number, {arguments.replace('libc.calloc(1, 512)', 'ctypes.c_void_p(libc.calloc(1, 512))')})"
        " != -1: raise SystemError('allowed')"
    )


ROWS = (
    # --- files
    row(
        "shadow",
        Status.PASSED,
        python="denied(open, '/etc/shadow')",
        cpp='if (open("/etc/shadow", O_RDONLY) >= 0) abort();',
        java='try { new FileInputStream("/etc/shadow"); throw new Error(); } catch (IOException denied) { }',
        javascript="let read = true\ntry { fs.readFileSync('/etc/shadow') } catch { read = false }\nif (read) throw 1",
        go='if _, err := os.Open("/etc/shadow"); err == nil {\n\tpanic("read")\n}',
        rust='if std::fs::File::open("/etc/shadow").is_ok() { panic!() }',
    ),
    row(
        "homes",
        Status.PASSED,
        python="""
            mounted = {line.split()[4] for line in open('/proc/self/mountinfo')}  # toolchains may lie in a home
            def strays(folder):
              try: paths = [f'{folder}/{name}' for name in os.listdir(folder)]
              except OSError: return []
              leading = [path for path in paths if any(mount.startswith(path + '/') for mount in mounted)]
              rest = [path for path in paths if path not in leading and (path not in mounted or path.count('/') < 3)]
              return rest + [stray for path in leading if path not in mounted for stray in strays(path)]
            for home in ('/root', '/home'):
              found = [home] if home in mounted else strays(home)
              if found: raise SystemError(found)
            denied(os.listdir, '/root/.ssh')
            """,
    ),
    row(
        "the tests",
        Status.PASSED,
        python="for name in os.listdir('/box'):\n  if b'assert ' + b'answer' in open(name, 'rb').read(): raise SystemError(name)",
        cpp='for (auto name : {"main.cpp", "proof.cpp"}) if (open(name, O_RDONLY) >= 0) abort();',
        java='for (String name : new String[] {"Main.java", "passatk/Proof.java"}) if (new File(name).exists()) throw new Error();',
        javascript="for (const name of fs.readdirSync('.')) if (/assert[(]answer/.test(fs.readFileSync(name))) throw name",
        go='for _, name := range []string{"program.go", "tests.go", "main.go"} {\n\tif _, err := os.Stat(name); err == nil {'
        "\n\t\tpanic(name)\n\t}\n}",
        rust='if std::path::Path::new("main.rs").exists() { panic!() }',
    ),
    row(
        "other programs",  # there are none: not in /proc, not in any folder that can be written
        Status.PASSED,
        python="pids = {int(name) for name in os.listdir('/proc') if name.isdigit()}\n"
        "if pids != {1, os.getpid()}: raise SystemError(pids)\n"
        "for name in ('root', 'cwd', 'fd', 'mem', 'environ', 'map_files'): denied(os.listdir, f'/proc/1/{name}')",
    ),
    row(
        "writing where programs come from",
        Status.PASSED,
        python="""
            for line in open('/proc/self/mountinfo'):
              path = line.split()[4]
              if path.startswith(('/box', '/tmp', '/dev/shm', '/proc')): continue
              folder = path if os.path.isdir(path) else os.path.dirname(path)
              denied(os.open, f'{folder}/left-behind', os.O_CREAT | os.O_WRONLY)
              denied(os.open, path, os.O_WRONLY) if os.path.isfile(path) else None
            """,
    ),
    row(
        "writing caches of the interpreter",
        Status.PASSED,
        python="denied(open, os.path.dirname(os.__file__) + '/left-behind.py', 'w')\n"
        "denied(open, os.path.dirname(os.__file__) + '/__pycache__/left-behind.pyc', 'w')",
        javascript="for (const path of [process.execPath, '/usr/lib/left-behind.js']) {\n  let wrote = true\n"
        "  try { fs.writeFileSync(path, '') } catch { wrote = false }\n  if (wrote) throw path\n}",
        java='try { new FileOutputStream(System.getProperty("java.home") + "/lib/left-behind"); throw new Error(); }'
        " catch (IOException denied) { }",
    ),
    row(
        "kernel settings",
        Status.PASSED,
        python="""
            def write(path):
              with open(path, 'w') as file: file.write('1')
            for name in ('core_pattern', 'hostname', 'pid_max', 'ns_last_pid', 'sysrq'): denied(write, f'/proc/sys/kernel/{name}')
            denied(write, '/proc/sysrq-trigger')
            denied(write, '/proc/1/oom_score_adj')
            """,
    ),
    row(
        "memory of the machine",
        Status.PASSED,
        python="for name in ('/proc/kcore', '/dev/mem', '/dev/kmem', '/dev/kmsg', '/dev/port', '/dev/sda', '/dev/vda', '/dev/fuse',"
        " '/dev/kvm'): denied(os.open, name, os.O_RDONLY)\ndenied(os.open, '/dev/tty', os.O_RDWR)",
    ),
    row("device nodes", Status.PASSED, python="denied(os.mknod, 'left-behind', 0o60600, os.makedev(8, 0))"),
    # --- network
    row(
        "TCP to the machine outside",
        Status.PASSED,
        python=f"denied(lambda: socket.create_connection(('127.0.0.1', {BAIT_PORT}), 1))",
        javascript="const { status } = child_process.spawnSync('/bin/bash', ['-c', "
        f"'exec 9<>/dev/tcp/127.0.0.1/{BAIT_PORT}'])\nif (status === 0) throw 1",
        java=f'try {{ new java.net.Socket("127.0.0.1", {BAIT_PORT}); throw new Error(); }} catch (IOException denied) {{ }}',
        go=f'if _, err := net.Dial("tcp", "127.0.0.1:{BAIT_PORT}"); err == nil {{\n\tpanic("connected")\n}}',
        rust=f'if std::net::TcpStream::connect("127.0.0.1:{BAIT_PORT}").is_ok() {{ panic!() }}',
    ),
    row(
        "TCP, UDP and raw to the world",
        Status.PASSED,
        python="denied(lambda: socket.create_connection(('1.1.1.1', 53), 1))\n"
        "denied(lambda: socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'x', ('1.1.1.1', 53)))\n"
        "denied(lambda: socket.socket(socket.AF_INET, socket.SOCK_RAW, 1))\n"
        "denied(lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW, 0))",
        go='if _, err := net.Dial("tcp", "1.1.1.1:53"); err == nil {\n\tpanic("connected")\n}',
        rust='if std::net::TcpStream::connect("1.1.1.1:53").is_ok() { panic!() }',
    ),
    row(
        "DNS",
        Status.PASSED,
        python="denied(socket.getaddrinfo, 'example.org', 80)",
        java='try { java.net.InetAddress.getByName("example.org"); throw new Error(); } catch (IOException denied) { }',
        go='if found, _ := net.LookupHost("example.org"); len(found) > 0 {\n\tpanic(found)\n}',
    ),
    row(
        "abstract Unix socket outside",
        Status.PASSED,
        python=f"denied(lambda: socket.socket(socket.AF_UNIX).connect('\\0{BAIT_NAME}'))",
        cpp=f"""
            #include <sys/socket.h>
            #include <sys/un.h>
            struct sockaddr_un bait = {{AF_UNIX, "\\0{BAIT_NAME}"}};
            int bound = socket(AF_UNIX, SOCK_STREAM, 0);
            if (bound >= 0 && connect(bound, (sockaddr *)&bait, 3 + {len(BAIT_NAME)}) == 0) abort();
            """,
    ),
    row(
        "abstract Unix socket of its own",
        Status.PASSED,
        python="denied(lambda: socket.socket(socket.AF_UNIX).bind('\\0left-behind'))",
    ),
    row("vsock", Status.PASSED, python="denied(lambda: socket.socket(40, socket.SOCK_STREAM))"),
    row("netlink", Status.PASSED, python="denied(lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW, 0))"),
    # --- kernel
    *(row(name, Status.PASSED, python=_syscall(*call)) for name, call in SYSCALLS.items()),
    row(
        "name spaces of its own",
        Status.PASSED,
        python="for flag in (0x10000000, 0x00020000, 0x20000000, 0x40000000, 0x04000000, 0x08000000, 0x02000000):\n"
        "  if libc.unshare(flag) == 0: raise SystemError(hex(flag))",
        cpp="#include <sched.h>\nif (unshare(CLONE_NEWUSER) == 0 || unshare(CLONE_NEWNS) == 0) abort();",
        go='naked := exec.Command("/bin/true")\nnaked.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWUSER}\n'
        'if naked.Run() == nil {\n\tpanic("cloned")\n}',
    ),
    row(
        "mounts and roots",
        Status.PASSED,
        python="for result in (libc.mount(b'tmpfs', b'/box', b'tmpfs', 0, None), libc.umount2(b'/proc', 2),\n"
        "               libc.mount(None, b'/usr', None, 4096 | 32, None)):\n"
        "  if result != -1: raise SystemError('allowed')\ndenied(os.chroot, '/tmp')",
    ),
    row(
        "root again",
        Status.PASSED,
        python="""
            denied(os.setuid, 0)
            denied(os.setresgid, 0, 0, 0)
            denied(os.setgroups, [0])
            for path in ('/usr/bin/passwd', '/usr/bin/su'):
              if not os.path.exists(path): continue
              child = subprocess.Popen([path], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
              with open(f'/proc/{child.pid}/status') as file: ids = [line.split()[2] for line in file if line[:3] == 'Uid']
              child.kill()
              if ids != ['31415']: raise SystemError(ids)
            """,
        cpp="if (setuid(0) == 0 || setgid(0) == 0 || geteuid() == 0) abort();",
    ),
    row(
        "ptrace of the supervisor",
        Status.PASSED,
        python="for request in (16, 0x4206):\n  if libc.ptrace(request, 1, 0, 0) != -1: raise SystemError('attached')\n"
        "denied(open, '/proc/1/mem', 'rb')\n"
        "here = ctypes.create_string_buffer(8)\npart = (ctypes.c_size_t * 2)(ctypes.addressof(here), 8)\n"
        "if libc.process_vm_readv(1, part, 1, part, 1, 0) != -1: raise SystemError('read')",
        cpp='#include <sys/ptrace.h>\nif (ptrace(PTRACE_ATTACH, 1, 0, 0) == 0 || open("/proc/1/mem", O_RDWR) >= 0) abort();',
    ),
    row(
        "higher limits",
        Status.PASSED,
        python="for kind in (resource.RLIMIT_CPU, resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE, resource.RLIMIT_CORE):\n"
        "  denied(resource.setrlimit, kind, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))\ndenied(os.nice, -5)",
    ),
    row(
        "kill everybody",
        Status.PASSED,
        python="try: os.kill(-1, signal.SIGKILL)\nexcept OSError: pass\ntry: os.kill(1, signal.SIGKILL)\nexcept OSError: pass",
        cpp="kill(-1, SIGKILL);\nkill(1, SIGKILL);\nkill(0, 0);",
        go="syscall.Kill(-1, syscall.SIGKILL)\nsyscall.Kill(1, syscall.SIGKILL)",
        rust="unsafe { kill(-1, 9); kill(1, 9); }",
        javascript="for (const pid of [-1, 1]) try { process.kill(pid, 'SIGKILL') } catch { }",
    ),
    row(
        "inherited descriptors",
        Status.PASSED,
        python="""
            held = [fd for fd in range(1024) if os.path.lexists(f'/proc/self/fd/{fd}')]
            strange = [fd for fd in held if not os.readlink(f'/proc/self/fd/{fd}').startswith(('pipe:', 'socket:', '/dev/null'))]
            if strange or len(held) > 6: raise SystemError(held)
            """,
        cpp="for (int fd = 5; fd < 1024; fd++) if (fcntl(fd, F_GETFD) != -1) abort();",
    ),
    row(
        "terminal of the judge",
        Status.PASSED,
        python="import fcntl\nfor fd in (0, 1, 2):\n  denied(fcntl.ioctl, fd, 0x5412, b'x')",
    ),
    # --- traps for those who clean up
    row(
        "links and pipes in place of files",
        Status.PASSED,
        python="""
            for number, target in enumerate(('/etc/passwd', '/proc/1/mem', '/', 'left-behind-0', '/dev/zero')):
              os.symlink(target, f'left-behind-{number}')
            for name in ('harness.py', 'program.py', 'tests.py', 'result', 'program'):
              if os.path.exists(name): os.unlink(name)
              os.mkfifo(name)
            """,
        cpp='unlink("program");\nmkfifo("program", 0600);\nsymlink("/etc/passwd", "left-behind");\n#include <sys/stat.h>',
    ),
    row(
        "closed folders",
        Status.PASSED,
        python="for place in ('/box', '/tmp', '/dev/shm'):\n  os.makedirs(f'{place}/left-behind/deeper')\n"
        "  os.chmod(f'{place}/left-behind/deeper', 0)\n  os.chmod(f'{place}/left-behind', 0)",
        cpp='#include <sys/stat.h>\nmkdir("left-behind", 0700);\nmkdir("left-behind/deeper", 0);\nchmod("left-behind", 0);',
    ),
    row(
        "10000 folders deep",
        Status.PASSED,
        python="for _ in range(10_000):\n  os.mkdir('left-behind')\n  os.chdir('left-behind')",
        cpp='#include <sys/stat.h>\nfor (int i = 0; i < 10000; i++) if (mkdir("left-behind", 0700) || chdir("left-behind")) abort();',
    ),
    row(
        "a folder of its own taken away",
        Status.PASSED,
        python="os.chmod('/box', 0)",
        cpp='chmod("/box", 0);\n#include <sys/stat.h>',
    ),
    row(
        "System V leftovers",  # in vain if it is allowed, for the next one must not find them
        Status.PASSED,
        python="libc.shmget(4711, 4096, 0o1666)\nlibc.semget(4711, 1, 0o1666)\nlibc.msgget(4711, 0o1666)",
        cpp="#include <sys/shm.h>\nshmget(4711, 4096, IPC_CREAT | 0666);",
    ),
    row(
        "memory hidden in files without a name",  # up to its disk limit it may; then it is stopped or denied
        Status.RUNTIME_ERROR,
        python="hoard = []\nfor _ in range(1000):\n  hoard.append(os.memfd_create('left-behind'))\n"
        "  for _ in range(16): os.write(hoard[-1], b'x' * (1 << 20))",
    ),
    row(
        "memory hidden in System V segments",
        Status.RUNTIME_ERROR,
        python="libc.shmat.restype = ctypes.c_void_p\nfor n in range(1000):\n  segment = libc.shmget(47110 + n, 16 << 20, 0o1600)\n"
        "  if segment == -1: raise OSError(ctypes.get_errno(), 'shmget')\n  place = ctypes.c_void_p(libc.shmat(segment, None, 0))\n"
        "  ctypes.memset(place, 1, 16 << 20)\n  libc.shmdt(place)",
    ),
)
