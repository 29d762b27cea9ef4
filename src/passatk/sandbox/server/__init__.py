"""The server inside a slot: one program at a time, contained and measured. Facts only.

Runs as a process of its own under bubblewrap (or bare, without a sandbox), from a read-only copy of this folder:
standard library only, nothing of passatk imported. Frames on stdin and stdout: 4 bytes big-endian length, then JSON.

server ── fork ── supervisor (pid 1 of a PID namespace of its own): a program after the other
   └───── fork ── nursery ── fork ── command, for each that the supervisor asks for, in its namespaces
The supervisor mounts a fresh tmpfs and /proc and asks for a process, which joins its accounts, drops every privilege,
puts on the system call filter and waits. Only then it reads a request, writes the files, tells that process what to
become, reads its bounded output and watches its limits. A step ends when its main process ends or a limit stops it;
then everything else in the PID namespace is killed and reaped, so nothing survives a step.

    start     addresses are fixed
    main      the server and its supervisors
    births    processes of programs are made by one that knows nothing of any
    nursery   that one, which does nothing else, so that each program finds the same memory
    frames    how they come and go
    request   what a slot is, what it is asked and what it replies
    world     a slot, and file systems, identity and environment of one program in it; building and running it
    step      one command: fork, limits, privileges, output, final readings
    warm      tools that are imported once: their commands begin with a fork, not with a new interpreter
    resident  compilers that stay from program to program
    watch     the live process tree, and which limit it passed
    faults    what is done to a step from outside
    accounts  cgroup v1, v2 or none: where CPU time and memory are read and limited
    lowering  limits that the kernel enforces on a command
    entropy   /dev/random and /dev/urandom: one stream, the same for every program
    seccomp   the system call filter
    removal   of folders, whatever is in them
    descriptors  reading and writing, cheap in a fork
    kernel    the system calls that Python does not have
"""
