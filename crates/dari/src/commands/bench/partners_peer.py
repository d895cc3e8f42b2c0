"""The peer of `dari bench partners`: the heuristics that links are foretold with, by scipy and scikit-network.

usage: partners_peer.py FOLDER NODES
FOLDER holds little-endian numbers: ends (u32, two a link), weights (f32, one a link), members, topics (u32) and parts (f32, one a member and topic), sources and
walkers (u32). Prints one line a measurement: name, seconds, figure to compare."""

import sys
import time
from pathlib import Path

import numpy
from scipy import sparse
from sknetwork.ranking import PageRank

folder, nodes = Path(sys.argv[1]), int(sys.argv[2])


def numbers(name, kind="<u4"):
    return numpy.fromfile(folder / name, dtype=kind)


ends = numbers("ends").reshape(-1, 2).astype(numpy.int64)
weights = numbers("weights", "<f4").astype(numpy.float64)
both = numpy.concatenate([ends, ends[:, ::-1]])
weighted = sparse.csr_matrix((numpy.concatenate([weights, weights]), (both[:, 0], both[:, 1])), shape=(nodes, nodes))
matrix = weighted.copy()
matrix.data[:] = 1.0
parts = numbers("parts", "<f4").astype(numpy.float64)
topics = sparse.csr_matrix((parts, (numbers("members"), numbers("topics"))), shape=(nodes, int(numbers("topics").max(initial=0)) + 1))
by_topic = topics.T.tocsr()
degrees = numpy.asarray(matrix.sum(axis=1)).ravel()
sources, walkers = numbers("sources"), numbers("walkers")

begin = time.perf_counter()
rows = matrix[sources]
common = rows @ matrix
adamic = rows @ sparse.diags(1 / numpy.log(numpy.maximum(degrees, 2))) @ matrix
allocation = rows @ sparse.diags(1 / numpy.maximum(degrees, 1)) @ matrix
beta = 0.005
katz = beta * rows + beta**2 * common + beta**3 * (common @ matrix)
seconds = time.perf_counter() - begin
not_self = sum(katz[place, source] for place, source in enumerate(sources))
print("nearness of three steps", seconds, katz.sum() - not_self, sep="\t")

begin = time.perf_counter()
cosines = topics[sources] @ by_topic
seconds = time.perf_counter() - begin
not_self = sum(cosines[place, source] for place, source in enumerate(sources))
print("topic cosine", seconds, cosines.sum() - not_self, sep="\t")

# The fastest of its solvers that gives right ranks (see networks_peer.py).
ranks = PageRank(damping_factor=0.85, solver="piteration", n_iter=100, tol=1e-5)
begin = time.perf_counter()
total = sum(ranks.fit_predict(weighted, weights={int(walker): 1}).max() for walker in walkers)
print("personalised PageRank", time.perf_counter() - begin, total, sep="\t")
