"""The peer of `dari bench networks`: communities by python-igraph, nearness by scipy and scikit-network.

usage: networks_peer.py EDGES.csv NODES SOURCES SEED
EDGES.csv has the columns a,b; SOURCES is how many nodes nearness is computed of, evenly spread. Prints one line a measurement: name, seconds, figure to compare."""

import csv
import random
import sys
import time

import igraph
import numpy
from scipy import sparse
from sknetwork.ranking import PageRank

edges_file, nodes, count = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
random.seed(int(sys.argv[4]))  # igraph draws from it
with open(edges_file, newline="") as file:
    edges = [(int(row["a"]), int(row["b"])) for row in csv.DictReader(file)]

graph = igraph.Graph(n=nodes, edges=edges)
for name, passes in [("communities, two passes", 2), ("communities, until converged", -1)]:
    begin = time.perf_counter()
    found = graph.community_leiden(objective_function="modularity", n_iterations=passes)
    print(name, time.perf_counter() - begin, graph.modularity(found.membership), sep="\t")

ends = numpy.array(edges)
both = numpy.concatenate([ends, ends[:, ::-1]])
matrix = sparse.csr_matrix((numpy.ones(len(both)), (both[:, 0], both[:, 1])), shape=(nodes, nodes))
sources = numpy.arange(count) * (nodes // count)
begin = time.perf_counter()
degrees = numpy.asarray(matrix.sum(axis=1)).ravel()
rows = matrix[sources]
common = rows @ matrix
with numpy.errstate(divide="ignore"):
    adamic = rows @ sparse.diags(1 / numpy.log(numpy.maximum(degrees, 2))) @ matrix
    allocation = rows @ sparse.diags(1 / numpy.maximum(degrees, 1)) @ matrix
beta = 0.005
katz = beta * rows + beta**2 * common + beta**3 * (common @ matrix)
seconds = time.perf_counter() - begin
not_self = sum(katz[place, source] for place, source in enumerate(sources))
print("nearness of three steps", seconds, katz.sum() - not_self, sep="\t")

# The fastest of its solvers and igraph's; its "push", which is what dari does, takes some 200 ms a node on 1,000 nodes and gives other ranks.
ranks = PageRank(damping_factor=0.85, solver="piteration", n_iter=100, tol=1e-5)
begin = time.perf_counter()
total = sum(ranks.fit_predict(matrix, weights={int(source): 1}).max() for source in sources)
print("personalised PageRank", time.perf_counter() - begin, total, sep="\t")
