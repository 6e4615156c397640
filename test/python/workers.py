# SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
"""Judges the cases of a parametrized test ahead of its items, in as many processes
as there are cores.
"""

import concurrent.futures
import multiprocessing
import os

import corpus

SECONDS = 300  # for a case


def pool(processes):
    """Processes start afresh, without the state of this one."""
    return concurrent.futures.ProcessPoolExecutor(
        processes,
        multiprocessing.get_context("spawn"),
        corpus.limit_memory,
        [True],
    )


class Results:
    """judge(case) of all cases that the items of a module are chosen for."""

    def __init__(self, request, judge, parameter):
        self.judge = judge
        chosen = [
            item.callspec.params[parameter]
            for item in request.session.items
            if item.module is request.module
            and parameter in getattr(getattr(item, "callspec", None), "params", ())
        ]
        self.workers = pool(min(os.cpu_count() or 1, max(1, len(chosen))))
        self.futures = {case: self.workers.submit(judge, case) for case in chosen}

    def __getitem__(self, case):
        try:
            return self.futures[case].result(timeout=SECONDS)
        except concurrent.futures.process.BrokenProcessPool:
            # A process died, of this case or another: judge it alone.
            with pool(1) as worker:
                return worker.submit(self.judge, case).result(timeout=SECONDS)

    def close(self):
        self.workers.shutdown(cancel_futures=True)
