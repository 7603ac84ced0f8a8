"""Record scores of the packages scoringrules and xskillscore, for tests of lib/evaluate/probability.

Writes scores.json beside this file. In a throw-away environment:

    python3 -m venv /tmp/scores && /tmp/scores/bin/pip install scoringrules==0.10.0 xskillscore==0.0.29
    /tmp/scores/bin/python test/evaluate/probability/scores.py
"""
import json
import pathlib

import numpy as np
import scoringrules
import xarray
import xskillscore

generator = np.random.default_rng(11)
cases = []
for members, points, spread in [(1, 40, 1.0), (2, 40, 1.0), (5, 40, 0.5), (16, 60, 1.0), (33, 30, 2.0)]:
    truth = generator.normal(size=points)
    ensemble = 0.3 + spread * generator.normal(size=(members, points))
    case = {"truth": truth.tolist(), "members": ensemble.tolist()}
    if members > 1:
        score = lambda kind: float(scoringrules.crps_ensemble(truth, ensemble.T, estimator=kind).mean())
        case["crps, fair"] = score("fair")
        case["crps, plain"] = score("nrg")
        # the norm of the package is a root of a sum, ours of a mean
        case["energy, fair"] = float(scoringrules.es_ensemble(truth, ensemble, estimator="fair")) / np.sqrt(points)
        names = lambda array, *axes: xarray.DataArray(array, dims=axes)
        ranks = xskillscore.rank_histogram(names(truth, "x"), names(ensemble, "member", "x"), dim="x")
        case["ranks"] = [int(count) for count in ranks]
    cases.append(case)

source = {"scoringrules": "0.10.0", "xskillscore": xskillscore.__version__, "numpy": np.__version__}
target = pathlib.Path(__file__).parent / "scores.json"
target.write_text(json.dumps({"topic": "scores", "source": source, "values": cases}) + "\n")
