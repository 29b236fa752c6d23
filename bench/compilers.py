# SPDX-License-Identifier: MIT
"""t87sc on generated schemas beside protoc-c on as many messages, and gcc on the headers of both."""
import os
import shutil
import tempfile

from measure import median_process

SIZES = {"tiny": (20,), "quick": (1_000, 10_000), "normal": (1_000, 10_000, 100_000), "full": (1_000, 10_000, 100_000)}
PROTOC_LIMIT_S = 60


def schema(queries):
    """So many cached queries over a tenth as many branches of the tag tree, with a mutation for each branch."""
    lines = ["schema bench;", "", "root {"]
    branches = queries // 10
    for branch in range(branches):
        lines.append(f"    branch_{branch}: Wild(branch_id: u64) {{ parts: Wild(part_id: u64); about: Static; }}")
    lines += ["}", ""]
    for query in range(queries):
        branch = query // 10
        if query % 2:
            lines += [
                f"cached read_{query}(branch_id: u64) -> u64",
                f"    tagged branch_{branch}(branch_id).about ttl 30s grace 5m;",
            ]
        else:
            lines += [
                f"cached read_{query}(branch_id: u64, part_id: u64) -> bytes",
                f"    tagged branch_{branch}(branch_id).parts(part_id) ttl 10m;",
            ]
    for branch in range(branches):
        lines.append(f"mutation write_{branch}(branch_id: u64) invalidates branch_{branch}(branch_id);")
    return "\n".join(lines) + "\n"


def messages(count):
    """As many messages of two fields."""
    lines = ['syntax = "proto2";', "package bench;"]
    for message in range(count):
        value = "uint64" if message % 2 else "bytes"
        lines.append(f"message Read{message} {{ required uint64 branch_id = 1; optional {value} value = 2; }}")
    return "\n".join(lines) + "\n"


def write(path, text):
    with open(path, "w", encoding="utf-8") as out:
        out.write(text)


def gcc_on(header, folder, includes, rounds):
    """Seconds of gcc on a file that includes the header and nothing else."""
    source = os.path.join(folder, "includes.c")
    write(source, f'#include "{header}"\n')
    flags = [f"-I{include}" for include in includes]
    return median_process(["gcc", "-std=c11", "-O2", *flags, "-c", "-o", source + ".o", source], rounds)[0]


def measure(t87sc, include, scale, peers):
    """One measurement a size, in the form of bench-runtime's."""
    rounds = 1 if scale == "tiny" else 5
    protoc = shutil.which("protoc-c") if peers else None
    if peers and not protoc:
        print("left out: protoc-c (package protobuf-c-compiler)")
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for queries in SIZES[scale]:
            source = os.path.join(folder, f"bench_{queries}.tags")
            header = source + ".h"
            write(source, schema(queries))
            row = {"scenario": "compiler", "queries": queries, "contender": "t87s"}
            row["check_s"], _ = median_process([t87sc, "check", source], rounds)
            row["gen_s"], row["gen_mib"] = median_process([t87sc, "gen", "-o", header, source], rounds)
            row["schema_mb"], row["header_mb"] = (os.path.getsize(path) / 1e6 for path in (source, header))
            if queries <= 1_000:
                row["gcc_s"] = gcc_on(header, folder, [include], rounds)
            if protoc:
                proto = os.path.join(folder, f"bench_{queries}.proto")
                write(proto, messages(queries))
                ran = median_process([protoc, f"--proto_path={folder}", f"--c_out={folder}", proto], rounds,
                                     PROTOC_LIMIT_S)
                row["protoc_s"], row["protoc_mib"] = ran or (None, None)
                if queries <= 1_000 and os.path.exists("/usr/include/protobuf-c/protobuf-c.h"):
                    row["protoc_gcc_s"] = gcc_on(proto[:-len("proto")] + "pb-c.h", folder, [], rounds)
            rows.append(row)
    return rows
