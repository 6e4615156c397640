#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Fuzzes the reader, and sorts what it finds.

  run.py --seconds N    each target for N seconds of wall time, in parallel
  run.py --rows         the rows of the table in docs/fuzz.md, from --work

A target runs until it crashes or its time is up, and starts again with the
corpus that it has. What it crashed on is ours, or it is the HDF5 library's:
then snnc must refuse that file cleanly, within 10 seconds and 1 GiB. Exit
status 1 if anything is ours, or not refused. docs/fuzz.md says more.
"""
import argparse
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

HERE = pathlib.Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TARGETS = ("bytes", "tree")
GIB = 1 << 30
ENVIRONMENT = {**os.environ, "ASAN_SYMBOLIZER_PATH":
               "/usr/lib/llvm-22/bin/llvm-symbolizer"}
TIMEOUT = 10  # seconds, of an input and of snnc
ROUND = 600  # seconds, after which the numbers are saved
INTERRUPTED = 72  # libFuzzer's status after SIGTERM
# The sanitizers and libc stand above the code that went wrong.
RUNTIME = re.compile(
    r"__asan|__interceptor|__sanitizer|__lsan|__ubsan|fuzzer::|_start\b|"
    r"\bmem(cpy|set|move|cmp|chr)|\bstr\w+\b|malloc|calloc|realloc|^free\b|"
    r"\braise\b|\babort\b|pthread_kill|__assert|__chk_fail|__fortify_fail|"
    r"__libc_message|^__mem|^__str|^__GI|qsort|"
    r"\bp?read(64)?\b|\bp?write(64)?\b|^$")
# Of memory that is held, when there is too much of it: how much of all is whose.
SHARE = re.compile(r"^\d+ byte\(s\) \((\d+)%\) in \d+ allocation", re.MULTILINE)
FRAME = re.compile(r"^\s*#(\d+) 0x[0-9a-f]+ (?:in )?(.*)$")


def stacks(report):
    """The stacks of a report, each a list of functions, innermost first."""
    found = []
    for line in report.splitlines():
        frame = FRAME.match(line)
        if frame:
            if frame[1] == "0":
                found.append([])
            name = frame[2].split("(", 1)[0].strip()
            found[-1].append(name.split(" ")[0])
    return found


def of_hdf5(stack):
    """The first function that is no runtime's is one of HDF5's."""
    for function in stack:
        if function.startswith("H5"):
            return True
        if not RUNTIME.search(function):
            return False
    return False


def telling(report):
    """The stacks of a report that tell whose mistake it is: all of them.

    But where memory is what ran out, they are those of all that is held, some
    megabytes of libFuzzer's own among it. Then one that holds more than half
    tells, if there is one.
    """
    found = stacks(report)
    share = [int(percent) for percent in SHARE.findall(report)]
    out_of_memory = report.startswith("ERROR: libFuzzer: out-of-memory")
    if out_of_memory and len(share) == len(found) and share and share[0] > 50:
        return found[:1]
    return found


def sort_crash(report):
    """(it is HDF5's, a name for it). Ours, unless every stack says not.

    The stack of an allocation counts too: HDF5 that writes behind a buffer of
    ours, or reads one, is our mistake.
    """
    at = max(report.rfind("ERROR: "), 0)
    found = telling(report[at:])
    library = [f for f in (found[0] if found else []) if f.startswith("H5")]
    kind = re.search(r"ERROR: \w+: ([\w-]+)", report[at:])
    name = "-".join([kind[1] if kind else "unknown", *library[:2]])
    return bool(found) and all(map(of_hdf5, found)), name


def limit_memory():
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def refusal(snnc, model, folder, may_accept, says="error: "):
    """None if snnc refuses a model cleanly and says why, else what is wrong."""
    out = folder / "out"
    process = subprocess.Popen(
        [snnc, "build", model, "-o", out, "--name=net", "--semantics=nir",
         "--dt=1"], stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT, preexec_fn=limit_memory)
    timer = threading.Timer(6 * TIMEOUT, process.kill)
    timer.start()
    text = process.stdout.read().decode(errors="replace")
    _, status, usage = os.wait4(process.pid, 0)
    timer.cancel()
    process.returncode = os.waitstatus_to_exitcode(status)
    seconds = usage.ru_utime + usage.ru_stime
    written = out.exists()
    shutil.rmtree(out, ignore_errors=True)
    if process.returncode != 1 and not (may_accept and process.returncode == 0):
        return f"ends with status {process.returncode}: {text[-200:]}"
    if process.returncode == 1 and (written or says not in text):
        return f"fails without '{says}', or writes: {text[-200:]}"
    if seconds > TIMEOUT + 1 or usage.ru_maxrss * 1024 > GIB:
        return f"takes {seconds:.1f} s of CPU and {usage.ru_maxrss >> 10} MiB"
    return None


class Target:
    """One fuzz target, its corpus in WORK/NAME, its log in WORK/NAME.log."""

    def __init__(self, name, options):
        self.name = name
        self.options = options
        self.work = options.work
        self.program = options.bin / f"fuzz-{name}"
        self.corpus = self.work / name
        self.found = self.work / f"{name}-found"
        self.log = self.work / f"{name}.log"
        self.stats = {"target": name, "started": time.strftime("%Y-%m-%d"),
                      "seeds": 0, "executions": 0, "cpu_seconds": 0.0,
                      "hdf5": {}, "ours": {}, "not_refused": {}}
        self.process = None
        self.stopped = False
        self.runs = 0
        for folder in (self.corpus, self.found):
            folder.mkdir(parents=True, exist_ok=True)
        saved = self.work / f"{name}.json"
        if saved.exists():
            self.stats = json.loads(saved.read_text())

    def save(self):
        self.stats["corpus"] = sum(1 for _ in self.corpus.iterdir())
        (self.work / f"{self.name}.json").write_text(
            json.dumps(self.stats, indent=1))

    def fuzz_once(self, seconds, folder):
        """Runs until a crash or the end; returns (status, report)."""
        seeds = self.work / "seeds"
        self.stats["seeds"] = sum(1 for _ in (seeds / self.name).iterdir())
        options = {
            "max_total_time": max(1, int(seconds)), "timeout": TIMEOUT,
            "rss_limit_mb": GIB >> 20, "malloc_limit_mb": -1,
            "max_len": 65536 if self.name == "bytes" else 2048,
            "print_final_stats": 1, "dict": seeds / "nir.dict",
            "artifact_prefix": f"{folder}/", "detect_leaks": 1}
        if self.options.seed:
            options["seed"] = self.options.seed + self.runs
        self.runs += 1
        command = [self.program, *(f"-{k}={v}" for k, v in options.items()),
                   self.corpus, seeds / self.name]
        start = self.log.stat().st_size if self.log.exists() else 0
        with open(self.log, "ab") as log:
            process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=folder,
                env={**ENVIRONMENT, "TMPDIR": str(folder)})
            self.process = process
            if self.stopped:
                process.terminate()
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        self.stats["cpu_seconds"] += usage.ru_utime + usage.ru_stime
        with open(self.log, "rb") as log:
            log.seek(start)
            report = log.read().decode(errors="replace")
        for n in re.findall(r"number_of_executed_units:\s*(\d+)", report):
            self.stats["executions"] += int(n)
        return process.returncode, report

    def file_of(self, artifact, folder):
        """The .nir file that an input stands for; None if there is none."""
        if self.name == "bytes":
            return artifact
        model = folder / "crash.nir"
        model.unlink(missing_ok=True)
        subprocess.run(
            [self.program, artifact], stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL, cwd=folder, check=False,
            env={**ENVIRONMENT, "TMPDIR": str(folder), "FUZZ_COPY": str(model)})
        return model if model.exists() else None

    def count(self, kind, name):
        counts = self.stats[kind]
        counts[name] = counts.get(name, 0) + 1
        return counts[name]

    def keep(self, artifact, kind, name):
        """Keeps the first inputs of a kind."""
        if self.count(kind, name) <= 5:
            to = self.found / f"{kind}-{name}-{artifact.name[-12:]}"
            shutil.copyfile(artifact, to)
            return to
        return artifact

    def take_crash(self, report, folder):
        """Sorts what a run left behind."""
        artifacts = list(folder.glob("*-*[0-9a-f]"))
        artifacts = [a for a in artifacts if not a.name.startswith("fuzz-")]
        library, name = sort_crash(report)
        if not artifacts:
            library, name = False, "no-artifact"
            artifacts = [self.log]
        kept = self.keep(artifacts[0], "hdf5" if library else "ours", name)
        if not library:
            print(f"{self.name}: FINDING {name}: {kept}\n"
                  f"{report[max(report.rfind('ERROR: ') - 200, 0):][:6000]}",
                  flush=True)
            return
        model = self.file_of(artifacts[0], folder)
        # What it decodes wrongly may not matter, but what it takes for data does.
        may_accept = not any("H5Dread" in stack for stack in stacks(report))
        wrong = model and refusal(self.options.snnc, model, folder, may_accept)
        if wrong:
            self.keep(artifacts[0], "not_refused", name)
            print(f"{self.name}: NOT REFUSED {name}: {kept}: snnc {wrong}",
                  flush=True)

    def stop(self):
        """Ends the run; libFuzzer tells its numbers before it goes."""
        self.stopped = True
        if self.process and self.process.returncode is None:
            self.process.terminate()

    def fuzz(self):
        end = time.monotonic() + self.options.seconds
        while time.monotonic() < end and not self.stopped:
            with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
                folder = pathlib.Path(folder)
                left = min(end - time.monotonic(), ROUND)
                status, report = self.fuzz_once(left, folder)
                if status not in (0, INTERRUPTED):
                    self.take_crash(report, folder)
            self.save()
            if not self.good() and not self.options.go_on:
                return

    def good(self):
        return not self.stats["ours"] and not self.stats["not_refused"]

    def summary(self):
        s = self.stats
        return (f"{s['target']}: {s['executions']} executions, {s['seeds']} "
                f"seeds, {s['corpus']} files in the corpus, "
                f"{s['cpu_seconds']:.0f} s of CPU, HDF5 crashed "
                f"{sum(s['hdf5'].values())} times, "
                f"{sum(s['ours'].values())} findings of ours, "
                f"{sum(s['not_refused'].values())} files not refused")

    def row(self):
        s = self.stats
        return (f"| {s['started']} | {s['target']} | {s['executions']} | "
                f"{s['seeds']} | {s['corpus']} | "
                f"{s['cpu_seconds'] / 3600:.2f} | "
                f"{sum(s['hdf5'].values())} in {len(s['hdf5'])} places | "
                f"{len(s['ours']) + len(s['not_refused'])} |")


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seconds", type=int, default=60)
    parser.add_argument("--targets", default=",".join(TARGETS))
    parser.add_argument("--bin", type=pathlib.Path,
                        default=ROOT / "build/fuzz/bin")
    parser.add_argument("--snnc", type=pathlib.Path,
                        default=ROOT / "build/release/bin/snnc")
    parser.add_argument("--work", type=pathlib.Path,
                        default=ROOT / "build/fuzz/work")
    parser.add_argument("--seed", type=int, default=0,
                        help="of the mutations; 0 takes another one each time")
    parser.add_argument("--go-on", action="store_true",
                        help="do not stop at a finding")
    parser.add_argument("--rows", action="store_true")
    options = parser.parse_args()
    for name in ("bin", "snnc", "work"):
        setattr(options, name, getattr(options, name).resolve())
    return options


def check_hostile(options):
    """Ends the run if snnc does not refuse what is known to be hostile."""
    from seeds import HOSTILE  # needs h5py, which --rows and --help do not
    for name, says in HOSTILE.items():
        model = options.work / "seeds" / "hostile" / f"{name}.nir"
        with tempfile.TemporaryDirectory(prefix="fuzz-") as folder:
            wrong = refusal(options.snnc, model, pathlib.Path(folder), False,
                            says)
        if wrong:
            sys.exit(f"{model}: snnc {wrong}\n0 passed, 1 failed")


def main():
    options = arguments()
    options.work.mkdir(parents=True, exist_ok=True)
    targets = [Target(n, options) for n in options.targets.split(",")]
    if options.rows:
        for target in targets:
            print(target.row())
        return
    subprocess.run([sys.executable, HERE / "seeds.py", options.work / "seeds"],
                   check=True)
    check_hostile(options)
    threads = [threading.Thread(target=t.fuzz) for t in targets]
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: [t.stop() for t in targets])
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for target in targets:
        print(target.summary())
    good = sum(t.good() for t in targets)
    print(f"{good} passed, {len(targets) - good} failed")
    sys.exit(good != len(targets))


if __name__ == "__main__":
    main()
