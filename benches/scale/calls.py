"""Calls to the file system that a command makes, by kind, as strace sees them."""

import re
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

NAMED = "openat,open,statx,newfstatat,stat,lstat,access,faccessat2,readlink,readlinkat,mkdir,mkdirat,link,linkat,symlink,"
NAMED += "symlinkat,rename,renameat,renameat2,unlink,unlinkat,rmdir,chmod,fchmodat,utimensat,getdents64"
SYNCS = "fsync,fdatasync"
KINDS = ["look", "make", "rename", "remove", "change", "list", "sync"]
LINE = re.compile(r"^\d+\s+(\w+)\((.*)$")


def kind_of(call, arguments):
    """`look` finds or opens what is there, or finds it absent; `make` makes a name: file, folder or link."""
    if call in ("openat", "open"):
        return "make" if "O_CREAT" in arguments else "look"
    if call.startswith(("mkdir", "link", "symlink")):
        return "make"
    if call.startswith("rename"):
        return "rename"
    if call.startswith(("unlink", "rmdir")):
        return "remove"
    if call.startswith(("chmod", "fchmod", "utime")):
        return "change"
    if call.startswith("getdents"):
        return "list"
    return "sync" if call.startswith("f") and "sync" in call else "look"


def count(command, folder, environment=None):
    """How many calls of each kind `command` makes on what is below `folder`; calls on an open file count as syncs only."""
    with tempfile.NamedTemporaryFile("r") as log:
        strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-s", "4096", "-e", f"trace={NAMED},{SYNCS}", "-o", log.name]
        done = subprocess.run([*strace, *map(str, command)], env=environment, capture_output=True, text=True)
        if done.returncode:
            sys.exit(f"{' '.join(map(str, command))}: {done.stderr[-2000:]}")
        found = Counter()
        for line in Path(log.name).read_text(errors="replace").splitlines():
            match = LINE.match(line)
            if match and (match[1] in SYNCS.split(",") or f'"{folder}' in match[2]):
                found[kind_of(match[1], match[2])] += 1
    return found


def per_task(few, many, tasks):
    """What each of the `tasks` more tasks of the second count cost."""
    return {kind: (many[kind] - few[kind]) / tasks for kind in KINDS}


def seconds_with_latency(command, milliseconds, environment=None):
    """Wall seconds of `command` where each call by name, and each sync, takes so many milliseconds longer."""
    import time

    delayed = f"{NAMED.replace(',getdents64', '')},{SYNCS}"
    inject = ["-e", f"inject={delayed}:delay_exit={int(milliseconds * 1000)}"] if milliseconds else []
    strace = ["strace", "-f", "--seccomp-bpf", "-qq", "-e", f"trace={delayed}", *inject, "-o", "/dev/null"]
    begun = time.perf_counter()
    subprocess.run([*strace, *map(str, command)], env=environment, check=True, capture_output=True)
    return time.perf_counter() - begun
