"""The server inside a slot: one program at a time, contained and measured. Facts only.

Runs as a process of its own under bubblewrap (or bare, with `--no-sandbox`), from a read-only copy of this folder:
standard library only, nothing of passatk imported. Frames on stdin and stdout: 4 bytes big-endian length, then JSON.

Per program:  server ── fork ── job: unshare(mount, pid, ipc) ── fork ── supervisor (pid 1 of the program's world)
The supervisor mounts a fresh tmpfs and /proc, writes the files, and for each step forks, drops every privilege and
executes the command, while it reads the bounded output and watches the limits. A step ends when its main process
ends or a limit stops it; then everything else in the PID namespace is killed and reaped, so nothing survives a step.

    main      frames, one job after another
    world     file systems, identity and environment of one program; building and running it
    step      one command: fork, limits, privileges, output, final readings
    watch     the live process tree, and which limit it passed
    accounts  cgroup v1, v2 or none: where CPU time and memory are read and limited
    kernel    the system calls that Python does not have
"""
