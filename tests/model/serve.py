#!/usr/bin/env python3
"""`serve.py FILE PORT [SLOTS] [THREADS]`: llama.cpp's OpenAI-compatible server on 127.0.0.1, until standard input ends."""

import os
import sys

import xllamacpp

# A conversation and six passages fit.
CONTEXT = 6144


def main(file: str, port: str, slots: str = "2", threads: str | None = None) -> None:
    count = int(threads) if threads else len(os.sched_getaffinity(0))
    params = xllamacpp.CommonParams()
    params.model.path = file
    params.hostnames = ["127.0.0.1"]
    params.port = int(port)
    params.n_parallel = int(slots)
    params.n_ctx = CONTEXT * int(slots)
    params.cpuparams.n_threads = count
    params.cpuparams_batch.n_threads = count
    # The same figures each time, whatever temperature is asked for.
    params.sampling.seed = 1
    params.endpoint_slots = True
    params.endpoint_metrics = True
    server = xllamacpp.Server(params)
    print(f"listening on {server.listening_address}", flush=True)
    # Whoever started it and is gone, however it went, takes it along.
    sys.stdin.buffer.read()
    os._exit(0)


if __name__ == "__main__":
    main(*sys.argv[1:])
