"""Programs that take more than they may: time, memory, output, processes, descriptors, disk. And some that do not.

The limits they are judged under stand in `judging.hostile_limits`.
"""

from hostile.cases.case import row
from passatk.records import Status

ROWS = (
    # --- time
    row(
        "busy loop",
        Status.TIME_LIMIT,
        python="while True: pass",
        cpp="for (volatile int i = 0;; i = i + 1);",
        java="for (;;);",
        javascript="for (;;);",
        go="for {\n}",
        rust="loop {}",
    ),
    row(
        "sleep forever",
        Status.TIME_LIMIT,
        python="time.sleep(1000)",
        cpp="for (;;) pause();",
        java="Thread.sleep(1000000);",
        javascript="Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0)",
        go="time.Sleep(time.Hour)",
        rust="std::thread::sleep(std::time::Duration::from_secs(1000));",
    ),
    row(
        "sleep in small pieces",
        Status.TIME_LIMIT,
        python="while True: time.sleep(0.01)",
        cpp="for (;;) usleep(10000);",
        go="for {\n\ttime.Sleep(10 * time.Millisecond)\n}",
    ),
    row(
        "busy in four threads",
        Status.TIME_LIMIT,
        cpp="#include <thread>\nfor (int i = 0; i < 3; i++) thread([] { for (volatile int n = 0;; n = n + 1); }).detach();"
        "\nfor (volatile int i = 0;; i = i + 1);",
        java="for (int i = 0; i < 3; i++) new Thread(() -> { for (;;); }).start();\nfor (;;);",
        rust="for _ in 0..3 { std::thread::spawn(|| loop {}); }\nloop {}",
    ),
    row(
        "busy children of a sleeper",
        Status.TIME_LIMIT,
        python="for _ in range(3):\n  if os.fork() == 0:\n    while True: pass\ntime.sleep(1000)",
        cpp="for (int i = 0; i < 3; i++) if (fork() == 0) for (volatile int n = 0;; n = n + 1);\nfor (;;) pause();",
        javascript="child_process.execFileSync('/bin/sh', ['-c', 'while :; do :; done'])",
        go='check(exec.Command("/bin/sh", "-c", "while :; do :; done").Run())',
    ),
    row(
        "burners nobody waits for",  # their CPU time is not in their parent's
        Status.TIME_LIMIT,
        python="""
            signal.signal(signal.SIGCHLD, signal.SIG_IGN)
            for _ in range(4):
              if os.fork() == 0:
                while time.process_time() < 0.4: pass
                os._exit(0)
              try: os.wait()
              except ChildProcessError: pass
            """,
        cpp="""
            #include <time.h>
            signal(SIGCHLD, SIG_IGN);
            for (int i = 0; i < 4; i++) {
                if (fork() == 0) { while (clock() < 0.4 * CLOCKS_PER_SEC); _exit(0); }
                wait(nullptr);
            }
            """,
    ),
    row(
        "backtracking",
        Status.TIME_LIMIT,
        python="import re\nre.match('(a+)+b', 'a' * 60)",
        java='"x".repeat(2000).matches("(.*)(.*)(.*)(.*)(.*)(.*)(.*)[^x]");',
        javascript="/(a+)+b/.test('a'.repeat(60))",
    ),
    row("everybody waits for everybody", Status.RUNTIME_ERROR, go="select {}"),  # Go's runtime notices
    row(
        "everybody waits for everybody",
        Status.TIME_LIMIT,
        python="lock = threading.Lock()\nlock.acquire(); lock.acquire()",
    ),
    # --- output
    row(
        "stdout flood",
        Status.OUTPUT_LIMIT,
        python="while True: print('x' * 1000)",
        cpp="for (;;) cout << string(1000, 'x') << endl;",
        java='for (;;) System.out.println("x".repeat(1000));',
        javascript="for (;;) console.log('x'.repeat(1000))",
        go='for {\n\tfmt.Println(strings.Repeat("x", 1000))\n}',
        rust='loop { println!("{}", "x".repeat(1000)); }',
    ),
    row(
        "stderr flood",
        Status.OUTPUT_LIMIT,
        python="while True: print('x' * 1000, file=sys.stderr)",
        cpp="for (;;) cerr << string(1000, 'x') << endl;",
        java='for (;;) System.err.println("x".repeat(1000));',
        javascript="for (;;) console.error('x'.repeat(1000))",
        go='for {\n\tfmt.Fprintln(os.Stderr, strings.Repeat("x", 1000))\n}',
        rust='loop { eprintln!("{}", "x".repeat(1000)); }',
    ),
    row(
        "one line of 1 GB",
        Status.OUTPUT_LIMIT,
        python="for _ in range(1 << 14): sys.stdout.write('x' * (1 << 16))",
        cpp="for (int i = 0; i < 1 << 30; i++) putchar('x');",
        javascript="for (let i = 0; i < 1 << 14; i++) process.stdout.write('x'.repeat(1 << 16))",
    ),
    row(
        "flood from a child",
        Status.OUTPUT_LIMIT,
        python="if os.fork() == 0:\n  while True: print('x' * 1000)\ntime.sleep(1000)",
        go='exec.Command("true").Run()\nyes := exec.Command("yes")\nyes.Stdout = os.Stdout\ncheck(yes.Run())',
    ),
    row(
        "150 KB of honest output",
        Status.PASSED,
        python="for i in range(1500): print('x' * 99)",
        cpp="for (int i = 0; i < 1500; i++) cout << string(99, 'x') << endl;",
        java='for (int i = 0; i < 1500; i++) System.out.println("x".repeat(99));',
        javascript="for (let i = 0; i < 1500; i++) console.log('x'.repeat(99))",
        go='for i := 0; i < 1500; i++ {\n\tfmt.Println(strings.Repeat("x", 99))\n}',
        rust='for _ in 0..1500 { println!("{}", "x".repeat(99)); }',
    ),
    row(
        "stdin at its end",
        Status.PASSED,
        python="assert sys.stdin.read() == ''",
        cpp="if (getchar() != EOF) abort();",
        java="if (System.in.read() != -1) throw new Error();",
        javascript="if (fs.readFileSync(0).length) throw 1",
        go="if rest, _ := io.ReadAll(os.Stdin); len(rest) > 0 {\n\tpanic(rest)\n}",
        rust="let mut line = String::new();\nif std::io::stdin().read_line(&mut line).unwrap() > 0 { panic!() }",
    ),
    # --- memory
    row(
        "touched memory",
        Status.MEMORY_LIMIT,
        python="hoard = []\nwhile True: hoard.append(b'x' * (1 << 20))",
        cpp="for (;;) memset(malloc(1 << 20), 1, 1 << 20);",
        java="List<byte[]> hoard = new ArrayList<>();\nfor (;;) hoard.add(new byte[1 << 20]);",
        javascript="const hoard = []\nfor (;;) hoard.push(Buffer.alloc(1 << 20, 1))",
        go="hoard := [][]byte{}\nfor {\n\thoard = append(hoard, bytes.Repeat([]byte{1}, 1<<20))\n}",
        rust="let mut hoard = Vec::new();\nloop { hoard.push(vec![1u8; 1 << 20]); }",
    ),
    row(
        "objects without end",
        Status.MEMORY_LIMIT,
        java="Map<Integer, int[]> hoard = new HashMap<>();\nfor (int i = 0;; i++) hoard.put(i, new int[1000]);",
        javascript="const hoard = []\nfor (;;) hoard.push(new Array(1000000).fill(0))",
    ),
    row(
        "memory for a moment only",
        Status.MEMORY_LIMIT,
        python="bytearray(b'x') * (400 << 20)",
        cpp="char *all = (char *)malloc(400 << 20);\nmemset(all, 1, 400 << 20);\nfree(all);",
        rust="let all = vec![1u8; 400 << 20];\nif all.iter().any(|&each| each == 2) { panic!() }",
    ),
    row(
        "memory of many children",
        Status.MEMORY_LIMIT,
        python="for _ in range(16):\n  if os.fork() == 0:\n    hoard = b'x' * (32 << 20)\n    time.sleep(1000)\ntime.sleep(1000)",
        cpp="for (int i = 0; i < 16; i++) if (fork() == 0) { memset(malloc(32 << 20), 1, 32 << 20); pause(); }\npause();",
    ),
    row(
        "memory shared and counted once",
        Status.PASSED,
        python="hoard = b'x' * (64 << 20)\nfor _ in range(8):\n  if os.fork() == 0: time.sleep(0.2); os._exit(0)\nfor _ in range(8): os.wait()",
        cpp="memset(malloc(64 << 20), 1, 64 << 20);\nfor (int i = 0; i < 8; i++) if (fork() == 0) { usleep(200000); _exit(0); }\n"
        "while (wait(nullptr) > 0);",
    ),
    row(
        "shared memory",
        Status.MEMORY_LIMIT,
        python="shared = mmap.mmap(-1, 400 << 20)\nwhile True: shared.write(b'x' * (1 << 20))",
        cpp="void *all = mmap(nullptr, 400 << 20, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);\n"
        "memset(all, 1, 400 << 20);",
    ),
    row(
        "reserved and not touched",
        Status.PASSED,
        python="mmap.mmap(-1, 64 << 30, flags=mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | 0x4000)",
        cpp="if (mmap(nullptr, 64L << 30, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0)"
        " == MAP_FAILED) abort();",
        go="_, err := syscall.Mmap(-1, 0, 64<<30, syscall.PROT_READ, syscall.MAP_PRIVATE|syscall.MAP_ANON|syscall.MAP_NORESERVE)"
        "\ncheck(err)",
    ),
    # --- recursion
    row(
        "deep recursion",
        Status.RUNTIME_ERROR,
        python="def deep(n): return deep(n + 1) + 1\ndeep(0)",
        cpp="struct Deep { static int er(int n) { volatile char pad[1000]; pad[0] = n; return er(n + 1) + pad[0]; } };"
        "\nDeep::er(0);",
        java="deep(0);",
        javascript="const deep = n => deep(n + 1) + 1\ndeep(0)",
        rust="deep(0);",
    ),
    row(
        "deep recursion",  # Go's stacks grow until memory is short
        Status.MEMORY_LIMIT,
        go="var deep func(n int) int\ndeep = func(n int) int {\n\tvar pad [4096]byte\n\tpad[n%4096] = 1\n\treturn deep(n+1) + int(pad[n%7])\n}\ndeep(0)",
    ),
    row(
        "recursion through C",
        Status.RUNTIME_ERROR,
        python="sys.setrecursionlimit(10**9)\nclass Deep:\n  def __repr__(self): return repr(self)\nrepr(Deep())",
    ),
    row(
        "caught stack overflow",
        Status.PASSED,
        python="def deep(n): return deep(n + 1) + 1\ntry: deep(0)\nexcept RecursionError: pass",
        java="try { deep(0); } catch (StackOverflowError thrown) { }",
        javascript="const deep = n => deep(n + 1) + 1\ntry { deep(0) } catch (thrown) { }",
    ),
    # --- processes and threads
    row(
        "fork bomb",
        Status.TIME_LIMIT,
        python="while True:\n  try: os.fork()\n  except OSError: pass",
        cpp="for (;;) fork();",
        rust="loop { unsafe { fork(); } }",
    ),
    row(
        "sleepers until there is no more room",
        Status.RUNTIME_ERROR,
        python="while True:\n  if os.fork() == 0: time.sleep(1000)",
        cpp="for (int child; (child = fork()) >= 0;) if (child == 0) for (;;) pause();\nabort();",
        javascript="for (;;) if (child_process.spawn('sleep', ['1000']).pid === undefined) throw new Error('no more')",
        go='for {\n\tcheck(exec.Command("sleep", "1000").Start())\n}',
        rust='loop { std::process::Command::new("sleep").arg("1000").spawn().unwrap(); }',
        java='for (;;) new ProcessBuilder("sleep", "1000").start();',
    ),
    row(
        "thread bomb",
        Status.RUNTIME_ERROR,
        python="while True: threading.Thread(target=time.sleep, args=(1000,), daemon=True).start()",
        cpp="#include <thread>\nfor (;;) thread([] { pause(); }).detach();",
        go="for {\n\tgo func() {\n\t\truntime.LockOSThread()\n\t\tsyscall.Pause()\n\t}()\n\truntime.Gosched()\n}",
        rust="loop { std::thread::spawn(|| std::thread::park()); }",
        java="for (;;) { Thread t = new Thread(() -> { try { Thread.sleep(1000000); } catch (Exception e) { } });"
        " t.setDaemon(true); t.start(); }",
    ),
    # --- descriptors, disk, arguments
    row(
        "descriptors without end",
        Status.RUNTIME_ERROR,
        python="hoard = []\nwhile True: hoard.append(open('/dev/null'))",
        java='List<Object> hoard = new ArrayList<>();\nfor (;;) hoard.add(new FileInputStream("/dev/null"));',
        javascript="for (;;) fs.openSync('/dev/null')",
        go='hoard := []*os.File{}\nfor {\n\tfile, err := os.Open("/dev/null")\n\tcheck(err)\n\thoard = append(hoard, file)\n}',
        rust='let mut hoard = Vec::new();\nloop { hoard.push(std::fs::File::open("/dev/null").unwrap()); }',
    ),
    row(
        "all descriptors taken and a right answer",
        Status.PASSED,
        python="try:\n  while True: os.open('/dev/null', 0)\nexcept OSError: pass",
        cpp='while (open("/dev/null", O_RDONLY) >= 0);',
        java='List<Object> hoard = new ArrayList<>();\ntry { for (;;) hoard.add(new FileInputStream("/dev/null")); }'
        " catch (IOException full) { }",
        go='for {\n\tif _, err := syscall.Open("/dev/null", 0, 0); err != nil {\n\t\tbreak\n\t}\n}',
    ),
    row(
        "disk fill",
        Status.RUNTIME_ERROR,
        python="with open('left-behind', 'wb') as file:\n  while True: file.write(b'x' * (1 << 20))",
        cpp='FILE *file = fopen("left-behind", "w");\nstring part(1 << 20, \'x\');\n'
        "while (fwrite(part.data(), 1, part.size(), file) == part.size());\nabort();",
        java='OutputStream file = new FileOutputStream("left-behind");\nfor (;;) file.write(new byte[1 << 20]);',
        javascript="const file = fs.openSync('left-behind', 'w')\nfor (;;) if (fs.writeSync(file, Buffer.alloc(1 << 20)) < 1 << 20) throw 1",
        go='file, err := os.Create("left-behind")\nfor err == nil {\n\t_, err = file.Write(make([]byte, 1<<20))\n}\npanic(err)',
        rust='use std::io::Write;\nlet mut file = std::fs::File::create("left-behind").unwrap();\n'
        "loop { file.write_all(&[0; 1 << 20]).unwrap(); }",
    ),
    row(
        "shared memory file system fill",
        Status.RUNTIME_ERROR,
        python="with open('/dev/shm/left-behind', 'wb') as file:\n  while True: file.write(b'x' * (1 << 20))",
    ),
    row(
        "full disk and a right answer",
        Status.PASSED,
        python="try:\n  with open('left-behind', 'wb') as file:\n    while True: file.write(b'x' * (1 << 20))\nexcept OSError: pass",
        cpp="ofstream file(\"left-behind\");\n#include <fstream>\nwhile (file << string(1 << 20, 'x'));",
    ),
    row(
        "inode flood",
        Status.RUNTIME_ERROR,
        python="for i in range(1 << 20): os.close(os.open(f'left-behind-{i}', os.O_CREAT))",
        cpp='for (int i = 0; i < 1 << 20; i++) {\n  int fd = open(("left-behind-" + to_string(i)).c_str(), O_CREAT, 0600);\n'
        "  if (fd < 0) abort();\n  close(fd);\n}",
    ),
    row(
        "sparse file of 16 TB",
        Status.RUNTIME_ERROR,
        python="open('left-behind', 'wb').truncate(16 << 40)",
        cpp='if (truncate("program", 16L << 40) != 0) abort();',
        java='new RandomAccessFile("left-behind", "rw").setLength(16L << 40);',
        go='file, err := os.Create("left-behind")\ncheck(err)\ncheck(file.Truncate(16 << 40))',
    ),
    row(
        "huge argument list",
        Status.RUNTIME_ERROR,
        python="os.execv('/bin/true', ['true'] + ['x' * 100_000] * 100)",
        cpp="vector<string> words(100, string(100000, 'x'));\nvector<char *> argv;\nfor (auto &word : words)"
        ' argv.push_back(&word[0]);\nargv.push_back(nullptr);\nexecv("/bin/true", argv.data());\nabort();',
    ),
    row(
        "another program in its place",
        Status.UNPROVEN,
        python="os.execv('/bin/true', ['true'])",
        cpp='execl("/bin/true", "true", nullptr);',
        go='check(syscall.Exec("/bin/true", []string{"true"}, nil))',
        rust='use std::os::unix::process::CommandExt;\nstd::process::Command::new("/bin/true").exec();',
    ),
)
