"""Programs that mean to outlive their judge, to hold it up, or to hide from it."""

from hostile.cases.case import row
from passatk.records import Status

ROWS = (
    # --- what they leave running
    row(
        "daemon by two forks",
        Status.PASSED,
        python="if os.fork() == 0:\n  os.setsid()\n  if os.fork() == 0:\n    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        "    while True: time.sleep(1000)\n  os._exit(0)\nos.wait()",
        cpp="if (fork() == 0) {\n  setsid();\n  if (fork() == 0) for (;;) pause();\n  _exit(0);\n}\nwait(nullptr);",
        java='new ProcessBuilder("/bin/sh", "-c", "setsid sleep 1000 & exit").start().waitFor();',
        javascript="child_process.spawn('sleep', ['1000'], { detached: true, stdio: 'ignore' }).unref()",
        go='daemon := exec.Command("sleep", "1000")\ndaemon.SysProcAttr = &syscall.SysProcAttr{Setsid: true}\ncheck(daemon.Start())',
        rust="unsafe {\n  if fork() == 0 {\n    setsid();\n    if fork() == 0 { loop { pause(); } }\n    std::process::exit(0)\n  }\n}",
    ),
    row(
        "daemon that burns",
        Status.PASSED,
        python="if os.fork() == 0:\n  os.setsid()\n  while True: pass",
        cpp="if (fork() == 0) for (setsid();;);",
    ),
    row(
        "child that holds stdout",
        Status.PASSED,
        python="if os.fork() == 0: time.sleep(1000)",
        cpp="if (fork() == 0) for (;;) pause();",
        javascript="child_process.spawn('sleep', ['1000'], { stdio: 'inherit' }).unref()",
        go='child := exec.Command("sleep", "1000")\nchild.Stdout, child.Stderr = os.Stdout, os.Stderr\ncheck(child.Start())',
        rust="unsafe { if fork() == 0 { loop { pause(); } } }",
    ),
    row(
        "stopped child",
        Status.PASSED,
        python="child = os.fork()\nif child == 0: os.kill(os.getpid(), signal.SIGSTOP)\nos.waitpid(child, os.WUNTRACED)",
        cpp="int child = fork();\nif (child == 0) raise(SIGSTOP);\nwaitpid(child, nullptr, WUNTRACED);",
    ),
    row(
        "thread that ends with the program",
        Status.PASSED,
        python="threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()",
        cpp="#include <thread>\nthread([] { pause(); }).detach();",
        java="Thread t = new Thread(() -> { for (;;) try { Thread.sleep(1000000); } catch (Exception e) { } });\n"
        "t.setDaemon(true);\nt.start();",
        go="go func() {\n\ttime.Sleep(time.Hour)\n}()",
        rust="std::thread::spawn(|| std::thread::park());",
    ),
    row(
        "thread that would go on",  # the last test has held: nobody waits for what comes after
        Status.PASSED,
        python="threading.Thread(target=time.sleep, args=(1000,)).start()",
        java="new Thread(() -> { for (;;) try { Thread.sleep(1000000); } catch (Exception e) { } }).start();",
        javascript="setInterval(() => {}, 1000)",
    ),
    row(
        "exit handler that never ends",
        Status.PASSED,
        python="import atexit\natexit.register(time.sleep, 1000)",
        java="Runtime.getRuntime().addShutdownHook(new Thread(() -> { for (;;); }));",
        javascript="process.on('exit', () => { for (;;); })",
    ),
    row(
        "exit handler that never ends",  # C++ leaves by the way of all programs
        Status.TIME_LIMIT,
        cpp="atexit([] { for (;;) pause(); });",
    ),
    # --- what they do with signals and exceptions
    row(
        "deaf to SIGTERM",
        Status.TIME_LIMIT,
        python="for number in (1, 2, 3, 15): signal.signal(number, signal.SIG_IGN)\nwhile True: pass",
        cpp="for (int number : {1, 2, 3, 15}) signal(number, SIG_IGN);\nfor (volatile int i = 0;; i = i + 1);",
        javascript="for (const name of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(name, () => {})\nfor (;;);",
        go="signal.Ignore(syscall.SIGTERM, syscall.SIGINT, syscall.SIGHUP)\nfor {\n}",
    ),
    row(
        "deaf to SIGXCPU",
        Status.TIME_LIMIT,
        python="signal.signal(signal.SIGXCPU, lambda *_: None)\nwhile True: pass",
        cpp="signal(SIGXCPU, [](int) {});\nfor (volatile int i = 0;; i = i + 1);",
    ),
    row(
        "every signal blocked",
        Status.TIME_LIMIT,
        python="signal.pthread_sigmask(signal.SIG_BLOCK, range(1, 65))\nwhile True: pass",
        cpp="sigset_t all;\nsigfillset(&all);\nsigprocmask(SIG_BLOCK, &all, nullptr);\nfor (volatile int i = 0;; i = i + 1);",
    ),
    row(
        "catches whatever it can",
        Status.TIME_LIMIT,
        python="while True:\n  try:\n    while True: pass\n  except BaseException: pass",
        java="for (;;) try { deep(0); } catch (Throwable caught) { }",
        javascript="const deep = n => deep(n + 1) + 1\nfor (;;) try { deep(0) } catch (caught) { }",
    ),
    row(
        "stops itself",
        Status.TIME_LIMIT,
        python="os.kill(os.getpid(), signal.SIGSTOP)",
        cpp="raise(SIGSTOP);",
        javascript="process.kill(process.pid, 'SIGSTOP')\nfor (;;);",
        go="syscall.Kill(syscall.Getpid(), syscall.SIGSTOP)",
        rust="unsafe { kill(getpid(), 19); }",
        java='new ProcessBuilder("/bin/sh", "-c", "kill -STOP $PPID").start().waitFor();',
    ),
    row(
        "kills itself",
        Status.RUNTIME_ERROR,
        python="os.kill(os.getpid(), signal.SIGKILL)",
        cpp="raise(SIGKILL);",
        javascript="process.kill(process.pid, 'SIGKILL')\nfor (;;);",
        go="syscall.Kill(syscall.Getpid(), syscall.SIGKILL)",
        rust="unsafe { kill(getpid(), 9); }",
        java='new ProcessBuilder("/bin/sh", "-c", "kill -KILL $PPID").start().waitFor();',
    ),
    # --- what they close
    row(
        "stdio closed",
        Status.PASSED,
        python="for fd in (0, 1, 2): os.close(fd)",
        cpp="for (int fd : {0, 1, 2}) close(fd);",
        java="System.in.close();\nSystem.out.close();\nSystem.err.close();",
        javascript="for (const fd of [0, 1, 2]) fs.closeSync(fd)",
        go="for fd := 0; fd < 3; fd++ {\n\tsyscall.Close(fd)\n}",
        rust="for fd in 0..3 { unsafe { close(fd); } }",
    ),
    row(
        "everything closed",  # the harness can no longer hand over its token
        Status.RUNTIME_ERROR,
        python="os.closerange(0, 1024)",
    ),
    row("no pipes to answer by", Status.UNPROVEN, cpp="for (int fd = 0; fd < 1024; fd++) close(fd);"),
    # --- where they hide
    row("nicest of all", Status.TIME_LIMIT, python="os.nice(19)\nwhile True: pass"),
    row(
        "on every CPU",
        Status.TIME_LIMIT,
        python="try: os.sched_setaffinity(0, range(os.sysconf('SC_NPROCESSORS_CONF')))\nexcept OSError: pass\n"
        "for _ in range(3): os.fork()\nwhile True: pass",
    ),
    row(
        "lowest scheduling class",
        Status.TIME_LIMIT,
        python="os.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\nwhile True: pass",
    ),
    row(
        "undumpable and busy",
        Status.TIME_LIMIT,
        python="libc.prctl(4, 0, 0, 0, 0)\nwhile True: pass",
        cpp="#include <sys/prctl.h>\nprctl(PR_SET_DUMPABLE, 0);\nfor (volatile int i = 0;; i = i + 1);",
    ),
    row(
        "undumpable and asleep",
        Status.TIME_LIMIT,
        python="libc.prctl(4, 0, 0, 0, 0)\ntime.sleep(1000)",
        cpp="#include <sys/prctl.h>\nprctl(PR_SET_DUMPABLE, 0);\nfor (;;) pause();",
    ),
    row(
        "undumpable and hungry",
        Status.MEMORY_LIMIT,
        python="libc.prctl(4, 0, 0, 0, 0)\nhoard = []\nwhile True: hoard.append(b'x' * (1 << 20))",
        cpp="#include <sys/prctl.h>\nprctl(PR_SET_DUMPABLE, 0);\nfor (;;) memset(malloc(1 << 20), 1, 1 << 20);",
    ),
    row(
        "a name that looks like numbers",  # in /proc/PID/stat
        Status.MEMORY_LIMIT,
        python="libc.prctl(15, b') R 1 1 1 0', 0, 0, 0)\nhoard = []\nwhile True: hoard.append(b'x' * (1 << 20))",
        cpp='#include <sys/prctl.h>\nprctl(PR_SET_NAME, "a) R 0\\n0 0");\nfor (;;) memset(malloc(1 << 20), 1, 1 << 20);',
    ),
    row(
        "a new process for every moment",
        Status.TIME_LIMIT,
        python="while True:\n  if os.fork() > 0: os._exit(0) if os.getpid() > 2000 else os.wait()\n  else: os._exit(0)",
        cpp="for (;;) if (fork() == 0) _exit(0); else wait(nullptr);",
        go='for {\n\texec.Command("/bin/true").Run()\n}',
    ),
    row(
        "executes itself again and again",
        Status.TIME_LIMIT,
        python="""os.execv('/bin/sh', ['sh', '-c', 'exec sh -c "$0" "$0"', 'exec sh -c "$0" "$0"'])""",
        cpp="""execl("/bin/sh", "sh", "-c", "exec sh -c \\"$0\\" \\"$0\\"", "exec sh -c \\"$0\\" \\"$0\\"", nullptr);""",
    ),
)
