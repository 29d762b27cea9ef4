"""Statements of a hostile program -> a whole solution of its language's self-test: they run, then the answer is 42."""

import re
import textwrap
from collections.abc import Callable

PYTHON = """\
import ctypes, mmap, os, resource, signal, socket, subprocess, sys, threading, time

libc = ctypes.CDLL(None, use_errno=True)

def denied(attempt, *arguments):
    try:
        attempt(*arguments)
    except (OSError, ValueError):
        return
    raise SystemError(f"allowed: {attempt} {arguments}")

def answer() -> int:
%s
    return 42
"""

CPP = """\
using namespace std;  // ends what is replaced by precompiled headers
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
%s
int answer() {
%s
    return 42;
}
"""

JAVA = """\
import java.io.*;
import java.nio.file.*;
import java.util.*;

class Solution {
    public int answer() {
        try {
            hostile();
        } catch (Exception thrown) {
            throw new RuntimeException(thrown);
        }
        return 42;
    }

    void hostile() throws Exception {
%s
    }

    static int deep(int n) { return deep(n + 1) + 1; }
}
"""

JAVASCRIPT = """\
const fs = require('fs'), child_process = require('child_process'), worker_threads = require('worker_threads')
const answer = () => {
%s
  return 42
}
"""

GO = """\
package main

import (
%s)

func check(err error) {
	if err != nil {
		panic(err)
	}
}

func Answer() int {
%s
	return 42
}
"""
GO_PACKAGES = (
    *("bytes", "fmt", "io", "net", "os", "os/exec", "os/signal", "runtime", "strings", "syscall", "time"),
    *("math/rand", "sort", "unsafe"),
)

RUST = """\
extern "C" {
    fn close(fd: i32) -> i32;
    fn fork() -> i32;
    fn getpid() -> i32;
    fn kill(pid: i32, signal: i32) -> i32;
    fn pause() -> i32;
    fn setsid() -> i32;
}

fn deep(n: u64) -> u64 {
    let pad = [n; 64];
    deep(n + 1) + unsafe { std::ptr::read_volatile(&pad[0]) }
}

fn answer() -> i32 {
%s
    42
}
"""


def frame(language: str, statements: str) -> str:
    """A whole solution that executes `statements`. Lines of C++ that begin with `#` go to the top."""
    return _FRAMES[language](textwrap.dedent(statements).strip("\n"))


def _cpp(statements: str) -> str:
    directives = [line for line in statements.splitlines() if line.startswith("#")]
    others = [line for line in statements.splitlines() if not line.startswith("#")]
    return CPP % ("\n".join(directives), "\n".join(others))


def _go(statements: str) -> str:
    named = [p for p in GO_PACKAGES if re.search(rf"\b{p.rpartition('/')[2]}\.[A-Z]", statements)]
    return GO % ("".join(f'\t"{package}"\n' for package in named), statements)


_FRAMES: dict[str, Callable[[str], str]] = {
    "python": lambda statements: PYTHON % textwrap.indent(statements, "    "),
    "cpp": _cpp,
    "java": lambda statements: JAVA % statements,
    "javascript": lambda statements: JAVASCRIPT % statements,
    "go": _go,
    "rust": lambda statements: RUST % statements,
}
