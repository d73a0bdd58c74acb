"""Knows how fast the product is: each figure beside a baseline measured in the same run."""

from khachquen.bench.figure import Figure
from khachquen.bench.filling import Size
from khachquen.bench.identity import bench_identity
from khachquen.bench.ingest import bench_ingest
from khachquen.bench.pages import bench_pages
from khachquen.bench.segments import bench_segments
from khachquen.bench.sending import bench_send

__all__ = [
    "Figure",
    "Size",
    "bench_identity",
    "bench_ingest",
    "bench_pages",
    "bench_segments",
    "bench_send",
]
